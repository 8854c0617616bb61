"""Conditional GET: ETags for pages of guidance."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers


def conditional(request: HttpRequest, version: Any, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return 304 where the request's ETag matches this version, release and session, and otherwise the response.

    `version` is everything that the content depends on; its text form is part of the ETag.
    """
    if "CSRF_COOKIE" not in request.META:
        get_token(request)  # Sets the CSRF cookie, which is part of the ETag, before the first response.
    signed_in = request.session.get("_auth_user_hash", ""), request.session.session_key
    identity = "\n".join(map(str, (version, signed_in, request.META.get("CSRF_COOKIE", ""), settings.RELEASE)))
    etag = f'"{hashlib.sha256(identity.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or answer()
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
