"""The product's addresses, and one more that fails in a way of one's choice."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from redis.exceptions import ConnectionError as RedisAway

from rarbooking.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

SECRET = "10.1.2.3-and-a-password"
FAULTS = {
    "broken": RuntimeError(SECRET),
    "database": OperationalError(f"connection to server at {SECRET} failed"),
    "connection": InterfaceError(SECRET),
    "cache": RedisAway(SECRET),
    "forbidden": PermissionDenied(SECRET),
    "missing": Http404(SECRET),
    "suspicious": SuspiciousOperation(SECRET),
    "unreadable": BadRequest(SECRET),
}


@login_not_required
def fail(request: HttpRequest, fault: str) -> HttpResponse:
    """Raise what is asked for, once the form was read."""
    len(request.POST)
    raise FAULTS[fault]


def cannot_be_made(request: HttpRequest) -> dict[str, Any]:
    """Stand for a part of every page that is broken."""
    raise RuntimeError(SECRET)


urlpatterns = [path("failing/<str:fault>/", fail), *urlpatterns]
