"""Pages that a browser may keep, and asks about before it shows them again."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers


def conditional(request: HttpRequest, version: Any, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return 304 where the browser's copy is of this version, release and sign-in, and otherwise the answer.

    `version` is whatever the page's content hangs on; its text form is what counts.
    """
    get_token(request)  # Made now, so that the page shown first and the one asked about later are of the same sign-in.
    signed_in = request.session.get("_auth_user_hash", ""), request.session.session_key
    identity = "\n".join(map(str, (version, signed_in, request.META.get("CSRF_COOKIE", ""), settings.RELEASE)))
    etag = f'"{hashlib.sha256(identity.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or answer()
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
