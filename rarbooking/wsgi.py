"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from rarbooking.web.request_bodies import buffer_chunked_bodies, force_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rarbooking.settings")

_django = get_wsgi_application()


def _utf8_application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's application, with body and query string decoded as UTF-8."""
    return _django(force_utf8(environ), start_response)


application = buffer_chunked_bodies(_utf8_application)
