"""Pages for requests that cannot be answered."""

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

# What raises these is down, or too busy to answer.
OUT_OF_REACH = (OperationalError, InterfaceError, RedisError)
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
MINUTE = 60

logger = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense. 413: there is too much of it."""
    if isinstance(exception, TOO_MUCH):
        return too_large(request)
    return _page(request, "errors/400.html.jinja", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person may not do this. The audit is told what they asked for."""
    match = request.resolver_match
    details = {"page": (match.view_name if match else "") or "", "method": request.method}
    record(what="ACCESS_REFUSED", who=request.user, details=details)
    return _page(request, "errors/403.html.jinja", 403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not sent from one of our pages, or from one that was too old."""
    return _page(request, "errors/csrf.html.jinja", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not for this person."""
    return _page(request, "errors/404.html.jinja", 404)


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405: the address does not take this method, but those that are `allowed`."""
    response = _page(request, "errors/405.html.jinja", 405)
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413: longer, or of more fields, than any of our forms."""
    return _page(request, "errors/413.html.jinja", 413)


def too_many_requests(request: HttpRequest, *, limit: str, seconds: int) -> HttpResponse:
    """429: somebody sent too many requests, by the named limit, and can go on in so many seconds."""
    response = _page(request, "errors/429.html.jinja", 429, limit=limit, wait=_in_words(seconds))
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. 503: the database or the cache cannot be reached. Called while the error is being handled.

    The reference is in the log beside the traceback.
    """
    if isinstance(sys.exception(), OUT_OF_REACH):
        return _page_on_its_own("errors/503.html.jinja", 503)
    try:
        return _page(request, "errors/500.html.jinja", 500)
    except Exception:
        # Whatever the page was to show besides, such as who is signed in, may be what is broken.
        return _page_on_its_own("errors/500.html.jinja", 500)


def _page(request: HttpRequest, template: str, status: int, *, limit: str = "", wait: str = "") -> HttpResponse:
    return render(request, template, {"reference": _reference(status, limit=limit), "wait": wait}, status=status)


def _page_on_its_own(template: str, status: int) -> HttpResponse:
    """Return a page that asks nothing of session, database or cache, and so does not say who is signed in."""
    context = {"reference": _reference(status), "support_email": settings.SUPPORT_EMAIL}
    return HttpResponse(loader.render_to_string(template, context), status=status)


def _reference(status: int, *, limit: str = "") -> str:
    reference = str(uuid.uuid4())[:8]
    error = sys.exception()
    details = {"limit": limit} if limit else {"fault": type(error).__name__} if error else {}
    logger.warning("error_page", status=status, reference=reference, **details)
    return reference


def _in_words(seconds: int) -> str:
    if seconds < MINUTE:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // MINUTE)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
