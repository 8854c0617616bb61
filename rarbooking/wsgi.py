"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from rarbooking.web.request_bodies import read_as_utf_8, with_a_length

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rarbooking.settings")

_django = get_wsgi_application()


def _readable(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request, whose body and address are read as UTF-8 whatever it says."""
    return _django(read_as_utf_8(environ), start_response)


application = with_a_length(_readable)
