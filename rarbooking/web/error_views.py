"""Error views, each with a reference that is in the log."""

import sys
import uuid

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from redis.exceptions import RedisError

from audit.events import record
from govuk.formats import counted

# Raised by a database or cache that is down or too busy.
UNAVAILABLE_ERRORS = (OperationalError, InterfaceError, RedisError)
TOO_LARGE_ERRORS = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
MINUTE = 60

logger = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 for a malformed request, 413 for one that is too large."""
    if isinstance(exception, TOO_LARGE_ERRORS):
        return too_large(request)
    return _page(request, "errors/400.html.jinja", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 for a missing permission, with an audit event."""
    match = request.resolver_match
    details = {"page": (match.view_name if match else "") or "", "method": request.method}
    record(what="ACCESS_REFUSED", who=request.user, details=details)
    return _page(request, "errors/403.html.jinja", 403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a missing or expired CSRF token."""
    return _page(request, "errors/csrf.html.jinja", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(request, "errors/404.html.jinja", 404)


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405, with the `allowed` methods in the Allow header."""
    response = _page(request, "errors/405.html.jinja", 405)
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413 for a body that is longer, or has more fields, than any of our forms."""
    return _page(request, "errors/413.html.jinja", 413)


def too_many_requests(request: HttpRequest, *, limit: str, seconds: int) -> HttpResponse:
    """429 for an exceeded rate limit, with Retry-After in `seconds`."""
    response = _page(request, "errors/429.html.jinja", 429, limit=limit, wait=_format_wait(seconds))
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database or the cache is unavailable. Called while the error is being handled.

    The reference is in the log beside the traceback.
    """
    if isinstance(sys.exception(), UNAVAILABLE_ERRORS):
        return _standalone_page("errors/503.html.jinja", 503)
    try:
        return _page(request, "errors/500.html.jinja", 500)
    except Exception:
        # The layout's context, such as the signed-in user, may be what is broken.
        return _standalone_page("errors/500.html.jinja", 500)


def _page(request: HttpRequest, template: str, status: int, *, limit: str = "", wait: str = "") -> HttpResponse:
    return render(request, template, {"reference": _reference(status, limit=limit), "wait": wait}, status=status)


def _standalone_page(template: str, status: int) -> HttpResponse:
    """Render a page without session, database or cache, and so without the signed-in user."""
    context = {"reference": _reference(status), "support_email": settings.SUPPORT_EMAIL}
    return HttpResponse(loader.render_to_string(template, context), status=status)


def _reference(status: int, *, limit: str = "") -> str:
    reference = str(uuid.uuid4())[:8]
    error = sys.exception()
    details = {"limit": limit} if limit else {"fault": type(error).__name__} if error else {}
    logger.warning("error_page", status=status, reference=reference, **details)
    return reference


def _format_wait(seconds: int) -> str:
    if seconds < MINUTE:
        return counted(seconds, "second")
    return counted(-(-seconds // MINUTE), "minute")
