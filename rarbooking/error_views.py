"""Pages for requests that cannot be answered."""

import uuid

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.events import record

logger = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
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


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. The reference is in the log beside the traceback."""
    return _page(request, "errors/500.html.jinja", 500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    reference = str(uuid.uuid4())[:8]
    logger.warning("error_page", status=status, reference=reference)
    return render(request, template, {"reference": reference}, status=status)
