"""What every answer of the product has in common."""

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers

from booking import interrupted
from delius.errors import DeliusContractError, DeliusError, Forbidden, NotFound
from rarbooking import sessions
from rarbooking.own_addresses import own_path

logger = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every view is for people who are signed in, unless it says otherwise; a session that is over is ended first."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Send somebody who is not signed in, or no longer, to sign in."""
        if request.user.is_authenticated:
            sessions.end_if_over(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Have them come back to the page they asked for, with what they had typed into a question.

        What is not a question cannot be asked for again by its address: they come back to the page it was sent from.
        """
        came_from = request.get_full_path()
        if request.method not in {"GET", "HEAD"} and not interrupted.keep(request):
            came_from = own_path(request, request.headers.get("Referer", "")) or "/"
        return redirect_to_login(came_from, resolve_url(settings.LOGIN_URL))


class PrivatePagesMiddleware:
    """Keeps pages for signed-in people out of every cache, unless a view said otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class UpstreamFaultMiddleware:
    """Turns an upstream fault that a view did not expect into a page that says what happened and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 404, 403, 502 or 503 for the errors of the delius room; None for any other."""
        if not isinstance(exception, DeliusError):
            return None
        reference = str(uuid.uuid4())[:8]
        logger.warning("upstream_fault", fault=type(exception).__name__, reference=reference)
        context = {"reference": reference}
        if isinstance(exception, NotFound):
            return render(request, "errors/404.html.jinja", context, status=404)
        if isinstance(exception, Forbidden):
            return render(
                request, "errors/limited-access.html.jinja", {"message": exception.message, **context}, status=403
            )
        status = 502 if isinstance(exception, DeliusContractError) else 503
        return render(request, "errors/upstream.html.jinja", context, status=status)
