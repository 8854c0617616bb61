"""What every answer of the product has in common."""

import math
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from booking.views.sent import sent_fields
from delius.errors import DeliusContractError, DeliusError, Forbidden, LeftAlone, NotFound

logger = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


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
        context: dict[str, Any] = {"reference": reference}
        if isinstance(exception, NotFound):
            return render(request, "errors/404.html.jinja", context, status=404)
        if isinstance(exception, Forbidden):
            return render(
                request, "errors/limited-access.html.jinja", {"message": exception.message, **context}, status=403
            )
        status = 502 if isinstance(exception, DeliusContractError) else 503
        context |= {"sent_fields": sent_fields(request)}
        response = render(request, "errors/upstream.html.jinja", context, status=status)
        if isinstance(exception, LeftAlone):
            response["Retry-After"] = str(math.ceil(exception.retry_after))
        return response
