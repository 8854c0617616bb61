"""WSGI wrappers that normalise request bodies: chunked encoding, charset."""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

_BOUNDARY = re.compile(r';\s*boundary=("[^"]*"|[^\s;"]*)', re.IGNORECASE)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def buffer_chunked_bodies(application: Application) -> Application:
    """Wrap a WSGI application so that chunked bodies have a Content-Length.

    Django reads a chunked body as empty, and the size limit could not see it. It is buffered here, up to one byte over
    the highest limit, where the server marks its end (`wsgi.input_terminated`).
    """

    def buffered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return buffered


def force_utf8(environ: dict[str, Any]) -> dict[str, Any]:
    """Drop the charset from a WSGI environment's content type, so that Django decodes as UTF-8.

    Django decodes body and query string by any codec that the content type names, before any middleware: a codec that
    is not for text is an uncaught error, and others give lone surrogates, which cannot be stored. Browsers send UTF-8.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    if ";" in content_type:
        kind, boundary = content_type.partition(";")[0], _BOUNDARY.search(content_type)
        environ["CONTENT_TYPE"] = f"{kind}; boundary={boundary[1]}" if boundary else kind
    return environ
