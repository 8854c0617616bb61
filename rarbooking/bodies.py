"""Bodies of requests that come without their length."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_a_length(application: Application) -> Application:
    """Return an application that is given the length of every body.

    Django takes a body without a Content-Length, sent in chunks, to be empty, and what a limit cannot see it cannot
    refuse. So it is read here, one byte further than any limit allows at most. A server that does not say where such a
    body ends would have us wait for ever: from that one it is left to Django.
    """

    def measured(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return measured
