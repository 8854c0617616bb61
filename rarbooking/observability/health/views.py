"""The addresses that the platform probes. Open without sign-in, never cached, and free of internals."""

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
    """Say that the process answers. Nothing is asked of anything else: a restart would mend none of it."""
    return JsonResponse({"status": status(True)})


@login_not_required
@require_safe
@never_cache
def readiness(request: HttpRequest) -> HttpResponse:
    """Say whether this process can serve people: 503 where its database, its migrations or its cache are not right.

    An outage of Delius does not count: people are told of it on the page, and their bookings wait.
    """
    return _answer(own_components())


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Say how the service and all that it leans on are, with 503 where anything is down. For people and dashboards."""
    return _answer({**own_components(), **upstream_components()})


@login_not_required
@require_safe
@never_cache
def info(request: HttpRequest) -> HttpResponse:
    """Say what is running: the version, the commit and when it was built."""
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
