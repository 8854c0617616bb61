"""Probe endpoints. Public, never cached, and without internal details."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rarbooking.observability.health.checks import Component, own_components, status, upstream_components


@login_not_required
@require_safe
@never_cache
def liveness(request: HttpRequest) -> HttpResponse:
    """Liveness: 200 while the process answers. No dependency is checked: a restart would not repair it."""
    return JsonResponse({"status": status(True)})


@login_not_required
@require_safe
@never_cache
def readiness(request: HttpRequest) -> HttpResponse:
    """Readiness: 503 where database, migrations or cache fail.

    An outage of Delius does not count: pages say so, and bookings are retried.
    """
    return _answer(own_components())


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Health of all components and dependencies, 503 where any is down. For people and dashboards."""
    return _answer({**own_components(), **upstream_components()})


@login_not_required
@require_safe
@never_cache
def info(request: HttpRequest) -> HttpResponse:
    """Build info: version, commit and build time."""
    return JsonResponse(
        {
            "build": {"name": "rarbooking", "version": settings.BUILD_NUMBER, "time": settings.BUILD_TIME},
            "git": {"commit": {"id": settings.GIT_REF}},
        }
    )


def _answer(components: Mapping[str, Component]) -> HttpResponse:
    is_up = all(each.is_up for each in components.values())
    body = {"status": status(is_up), "components": {name: each.to_json() for name, each in components.items()}}
    return JsonResponse(body, status=200 if is_up else 503)
