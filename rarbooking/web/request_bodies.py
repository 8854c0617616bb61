"""Bodies of requests, made fit for Django before it meets them."""

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

_BOUNDARY = re.compile(r';\s*boundary=("[^"]*"|[^\s;"]*)', re.IGNORECASE)

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


def read_as_utf_8(environ: dict[str, Any]) -> dict[str, Any]:
    """Return a WSGI environment whose content type says what kind of body there is, and nothing else.

    Django reads a body, and the query of an address, by whatever codec the content type names, and does so before any
    middleware: a codec that is not for text is an error nobody catches, and others make halves of characters, which
    nothing can store. Browsers send UTF-8.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    if ";" in content_type:
        kind, boundary = content_type.partition(";")[0], _BOUNDARY.search(content_type)
        environ["CONTENT_TYPE"] = f"{kind}; boundary={boundary[1]}" if boundary else kind
    return environ
