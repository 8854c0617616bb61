"""What every answer of the product has in common."""

import math
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import middleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from booking.journey import unsaved_answers
from booking.views.sent import sent_fields
from delius.errors import CircuitOpen, DeliusError, LimitedAccess, NotFound, Unavailable
from rarbooking.identity import sessions
from rarbooking.identity.authentication import reading_nobody_twice
from rarbooking.identity.open_redirects import own_path
from rarbooking.web import error_views, rate_limits

# What a browser's forms and links can send. Nothing here answers anything else.
METHODS = ("GET", "HEAD", "POST")
PIECE_BYTES = 64 * 1024
FEATURES_NOT_USED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "sync-xhr",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES_NOT_USED),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

logger = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """Tells browsers what no answer of ours may be used for, whichever part of the service gives it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, with the person from the row of their session: no page asks the database for them a second time."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its `user`, who is looked for where somebody asks who it is."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: self._user(request))  # type: ignore[assignment]  # stands for the person

    def _user(self, request: HttpRequest) -> Any:
        with reading_nobody_twice(request.session):
            return middleware.get_user(request)


class SignedInMiddleware(middleware.LoginRequiredMiddleware):
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
        if request.method not in {"GET", "HEAD"} and not unsaved_answers.keep(request):
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


class MethodMiddleware:
    """Answers a method that an address does not take with a page. What the platform asks is answered without one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseNotAllowed(METHODS) if request.method not in METHODS else self.get_response(request)
        if response.status_code == 405 and request.path not in settings.PROBES:
            return error_views.method_not_allowed(request, allowed=response["Allow"])
        return response


class BodyLimitMiddleware:
    """Refuses a form that is longer than any of ours. Guidance is longer than answers.

    What is not much longer is still taken from the connection, piece by piece, and dropped: whoever is cut off while
    they send never sees the page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) <= _most_bytes(request):
            return self.get_response(request)
        if int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            while request.read(PIECE_BYTES):
                pass
        return error_views.too_large(request)


class RateLimitMiddleware:
    """Refuses what somebody sends too often: see rarbooking/web/rate_limits.py."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = rate_limits.refusal(request)
        if refused:
            return error_views.too_many_requests(request, limit=refused.limit, seconds=refused.seconds)
        return self.get_response(request)


def _most_bytes(request: HttpRequest) -> int:
    is_in_admin = request.path.startswith(reverse("admin:index")) and request.user.is_authenticated
    most: int = settings.ADMIN_BODY_LIMIT_BYTES if is_in_admin else settings.BODY_LIMIT_BYTES
    return most


class UpstreamFaultMiddleware:
    """Turns an upstream fault that a view did not expect into a page that says what happened and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 404, 403, 502 or 503 for the errors of the Delius client; None for any other."""
        if not isinstance(exception, DeliusError):
            return None
        reference = str(uuid.uuid4())[:8]
        logger.warning("upstream_fault", fault=type(exception).__name__, reference=reference)
        context: dict[str, Any] = {"reference": reference}
        if isinstance(exception, NotFound):
            return render(request, "errors/404.html.jinja", context, status=404)
        if isinstance(exception, LimitedAccess):
            return render(
                request, "errors/limited-access.html.jinja", {"message": exception.message, **context}, status=403
            )
        status = 503 if isinstance(exception, Unavailable) else 502
        context |= {"sent_fields": sent_fields(request)}
        response = render(request, "errors/upstream.html.jinja", context, status=status)
        if isinstance(exception, CircuitOpen):
            response["Retry-After"] = str(math.ceil(exception.retry_after))
        return response
