"""Middleware: headers, authentication, methods, size and rate limits, upstream errors."""

import math
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from csp import constants as csp
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import middleware
from django.contrib.auth.views import redirect_to_login
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from booking.views.posted_fields import posted_fields
from cases import unsaved_answers
from delius.errors import CircuitOpen, DeliusError, LimitedAccess, NotFound, Unavailable
from govuk.cached_urls import url_of
from rarbooking.identity import sessions
from rarbooking.identity.authentication import user_cached_from_session
from rarbooking.identity.landing import landing_url
from rarbooking.identity.open_redirects import safe_redirect_path
from rarbooking.web import error_views, rate_limits

# What forms and links of browsers send; anything else is answered with 405.
ALLOWED_METHODS = ("GET", "HEAD", "POST")
CHUNK_BYTES = 64 * 1024
DISABLED_FEATURES = (
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
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DISABLED_FEATURES),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

logger = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class SecurityHeadersMiddleware:
    """Adds security headers to every response, static files included.

    The content security policy is django-csp's, without its middleware, which works it out for every response.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(csp.HEADER, _content_security_policy())
        return response


@cache
def _content_security_policy() -> str:
    return build_policy()


@receiver(setting_changed)
def _follow_settings(*, setting: str, **kwargs: Any) -> None:
    if setting == "CONTENT_SECURITY_POLICY":
        _content_security_policy.cache_clear()


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, with the user read together with the session, without a second query."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user` lazily."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: self._user(request))  # type: ignore[assignment]  # stands for the person

    def _user(self, request: HttpRequest) -> Any:
        with user_cached_from_session(request.session):
            return middleware.get_user(request)


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's: every view needs sign-in unless `login_not_required`. Expired sessions are ended first."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """End an expired session, then redirect to sign-in where nobody is signed in."""
        if request.user.is_authenticated:
            sessions.end_if_expired(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Redirect to sign-in and back to the requested page, storing unsaved answers to a question.

        Any other POST returns to the page that it was sent from, since its URL cannot be requested with GET.
        """
        came_from = request.get_full_path()
        if request.method not in {"GET", "HEAD"} and not unsaved_answers.store(request):
            came_from = safe_redirect_path(request, request.headers.get("Referer", "")) or "/"
        return redirect_to_login(came_from, resolve_url(settings.LOGIN_URL))


class LandingMiddleware:
    """Redirects from the start of the service to where the work of the user's role is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirect users who do not see cases; None for everybody else, and for users without a role."""
        if request.method not in {"GET", "HEAD"} or request.path != url_of("booking:cases"):
            return None
        landing = landing_url(request.user)
        return redirect(landing) if request.user.is_authenticated and landing != request.path else None


class NeverCacheMiddleware:
    """Sets Cache-Control to never cache on responses without one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class AllowedMethodsMiddleware:
    """Answers 405 with a page for methods that are not allowed; probes get no page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = (
            HttpResponseNotAllowed(ALLOWED_METHODS)
            if request.method not in ALLOWED_METHODS
            else self.get_response(request)
        )
        if response.status_code == 405 and request.path not in settings.PROBE_PATHS:
            return error_views.method_not_allowed(request, allowed=response["Allow"])
        return response


class BodyLimitMiddleware:
    """Answers 413 to bodies over the limit (BODY_LIMIT_BYTES, ADMIN_BODY_LIMIT_BYTES).

    Bodies up to DATA_UPLOAD_MAX_MEMORY_SIZE are drained first, in chunks: a browser that is cut off while it sends does
    not show the page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) <= _body_limit(request):
            return self.get_response(request)
        if int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            while request.read(CHUNK_BYTES):
                pass
        return error_views.too_large(request)


class RateLimitMiddleware:
    """Answers 429 where a rate limit is exceeded (rarbooking/web/rate_limits.py)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        exceeded = rate_limits.exceeded_limit(request)
        if exceeded:
            return error_views.too_many_requests(request, limit=exceeded.limit, seconds=exceeded.seconds)
        return self.get_response(request)


def _body_limit(request: HttpRequest) -> int:
    is_in_admin = request.path.startswith(url_of("admin:index")) and request.user.is_authenticated
    most: int = settings.ADMIN_BODY_LIMIT_BYTES if is_in_admin else settings.BODY_LIMIT_BYTES
    return most


class UpstreamFaultMiddleware:
    """Renders an error page for upstream errors that a view did not handle."""

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
        context |= {"posted_fields": posted_fields(request)}
        response = render(request, "errors/upstream.html.jinja", context, status=status)
        if isinstance(exception, CircuitOpen):
            response["Retry-After"] = str(math.ceil(exception.retry_after))
        return response
