"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rarbooking.settings")

from rarbooking.bodies import with_a_length

application = with_a_length(get_wsgi_application())
