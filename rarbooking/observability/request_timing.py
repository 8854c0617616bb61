"""Request timing for the log: total duration, and time spent waiting for upstream services."""

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
    """A request's start, and start and end of each of its upstream calls, in seconds."""

    began: float
    calls: list[tuple[float, float]] = field(default_factory=list)


# Parallel reads run in threads with a copy of the request's context, and so share this object.
_timing: ContextVar[Timing | None] = ContextVar("timing", default=None)


class TimingMiddleware:
    """Records the start of a request. Must be the first middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _timing.set(Timing(began=time.perf_counter()))
        return self.get_response(request)


def connect() -> None:
    """Connect the receivers that record upstream calls and add timings to the request's log line."""
    request_ended.connect(_record_call, dispatch_uid="rarbooking.observability.request_timing")
    for signal in (bind_extra_request_finished_metadata, bind_extra_request_failed_metadata):
        signal.connect(_bind_timing, dispatch_uid="rarbooking.observability.request_timing")


def union_seconds(spans: Iterable[tuple[float, float]]) -> float:
    """Return the length of the union of time spans, in seconds."""
    total, until = 0.0, float("-inf")
    for began, ended in sorted(spans):
        total += max(ended - max(began, until), 0)
        until = max(until, ended)
    return total


def _record_call(sender: Any, *, milliseconds: int, **rest: Any) -> None:
    if timing := _timing.get():
        now = time.perf_counter()
        timing.calls.append((now - milliseconds / 1000, now))


def _bind_timing(sender: Any, *, request: HttpRequest, log_kwargs: dict[str, Any], **rest: Any) -> None:
    log_kwargs["user_agent"] = request.META.get("HTTP_USER_AGENT")
    if timing := _timing.get():
        calls = list(timing.calls)
        log_kwargs["milliseconds"] = round((time.perf_counter() - timing.began) * 1000, 1)
        log_kwargs["upstream_milliseconds"] = round(union_seconds(calls) * 1000, 1)
        log_kwargs["upstream_calls"] = len(calls)
