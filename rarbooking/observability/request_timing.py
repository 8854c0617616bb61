"""How long a request took, and how much of that it waited for upstream services: for its line in the log."""

import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django_structlog.signals import bind_extra_request_failed_metadata, bind_extra_request_finished_metadata

from delius.http.signals import request_ended


@dataclass
class Timing:
    """When a request came, and from when to when each of its upstream calls was under way. Times are in seconds."""

    began: float
    calls: list[tuple[float, float]] = field(default_factory=list)


# Reads side by side run in threads with a copy of the page's context, and so share what it holds.
_timing: ContextVar[Timing | None] = ContextVar("timing", default=None)


class TimingMiddleware:
    """Notes when a request came. To stand first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _timing.set(Timing(began=time.perf_counter()))
        return self.get_response(request)


def connect() -> None:
    """Have upstream calls noted, and each request's line in the log tell of them."""
    request_ended.connect(_note_call, dispatch_uid="rarbooking.observability.request_timing")
    for signal in (bind_extra_request_finished_metadata, bind_extra_request_failed_metadata):
        signal.connect(_tell, dispatch_uid="rarbooking.observability.request_timing")


def together(spans: Iterable[tuple[float, float]]) -> float:
    """Return for how long at least one of some spans of time lasted."""
    total, until = 0.0, float("-inf")
    for began, ended in sorted(spans):
        total += max(ended - max(began, until), 0)
        until = max(until, ended)
    return total


def _note_call(sender: Any, *, milliseconds: int, **rest: Any) -> None:
    if timing := _timing.get():
        now = time.perf_counter()
        timing.calls.append((now - milliseconds / 1000, now))


def _tell(sender: Any, *, log_kwargs: dict[str, Any], **rest: Any) -> None:
    if timing := _timing.get():
        calls = list(timing.calls)
        log_kwargs["milliseconds"] = round((time.perf_counter() - timing.began) * 1000, 1)
        log_kwargs["upstream_milliseconds"] = round(together(calls) * 1000, 1)
        log_kwargs["upstream_calls"] = len(calls)
