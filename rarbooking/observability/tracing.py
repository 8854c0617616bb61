"""Traces by OpenTelemetry, where they are set: how long which page, task or call took, and nothing of anybody.

Imported only where OTEL_EXPORTER_OTLP_ENDPOINT is set. The processes of gunicorn import it after they are forked
(ops/gunicorn.conf.py does not preload); the SDK begins anew in a process that is forked later.
"""

import os
from collections.abc import Sequence
from typing import Any

import structlog
from django.dispatch import Signal
from django_structlog.signals import bind_extra_request_metadata
from django_tasks import TaskResultStatus
from django_tasks.signals import task_finished, task_started
from opentelemetry import context, propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, Status
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from requests import PreparedRequest

from delius.http.attempts import CORRELATION_HEADER, operation_under_way
from rarbooking.observability.logs import without_crns

CORRELATION_ID = "correlation_id"
OPERATION = "upstream.operation"
TASK = "task"
# Everything else that an instrumentation sets is left out: addresses with their CRNs, who asked, and with what.
KEPT = frozenset(
    {
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "error.type",
        CORRELATION_ID,
        OPERATION,
        TASK,
    }
)
# What the platform asks every few seconds tells nobody anything.
NOT_TRACED = r"/health(/liveness|/readiness)?/?(\?.*)?$,/(info|metrics)/?(\?.*)?$"

_tasks_under_way: dict[str, tuple[Span, Any]] = {}


def start(*, endpoint: str, service: str, release: str, key: str) -> None:
    """Have pages, tasks and upstream calls traced, and sent by OTLP over HTTP to `endpoint`, the collector's root.

    `key` is that of the aliases for CRNs in the log. How many are sampled, and headers for the collector, are read by
    the SDK from its own variables in the environment.
    """
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": release}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(ScrubbingExporter(exporter, key=key)))
    trace.set_tracer_provider(provider)
    # Not baggage: what a browser sends along is not passed on to Delius.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    DjangoInstrumentor().instrument(excluded_urls=NOT_TRACED)
    RequestsInstrumentor().instrument(request_hook=_of_upstream)
    for signal, receiver in (
        (bind_extra_request_metadata, _of_page),
        (task_started, _task_started),
        (task_finished, _task_finished),
    ):
        _listen(signal, receiver)


class ScrubbingExporter(SpanExporter):
    """Hands spans on with nothing in them but what may leave the house."""

    def __init__(self, exporter: SpanExporter, *, key: str) -> None:
        self._exporter = exporter
        self._key = key

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans on, each scrubbed."""
        return self._exporter.export([scrubbed(span, key=self._key) for span in spans])

    def shutdown(self) -> None:
        """Send nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Send what is waiting."""
        return self._exporter.force_flush(timeout_millis)


def scrubbed(span: ReadableSpan, *, key: str) -> ReadableSpan:
    """Return what of a span may leave the house.

    Events go, because they hold the text of an error, which may quote what somebody typed; of the status only whether
    it was an error stays. The name is made of what is kept.
    """
    kept = {name: value for name, value in (span.attributes or {}).items() if name in KEPT}
    return ReadableSpan(
        name=str(without_crns(_name(span, kept), key=key)),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=without_crns(kept, key=key),
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _name(span: ReadableSpan, kept: dict[str, Any]) -> str:
    method = str(kept.get("http.request.method", "HTTP"))
    if span.kind is SpanKind.SERVER:
        return f"{method} {kept.get('http.route', '')}".rstrip()
    return str(kept.get(OPERATION) or kept.get(TASK) or method)


def _listen(signal: Signal, receiver: Any) -> None:
    signal.connect(receiver, dispatch_uid=f"{__name__}.{receiver.__name__}")


def _of_page(sender: Any, **rest: Any) -> None:
    trace.get_current_span().set_attribute(CORRELATION_ID, _correlation_id())


def _of_upstream(span: Span, request: PreparedRequest) -> None:
    span.set_attribute(OPERATION, operation_under_way())
    span.set_attribute(CORRELATION_ID, request.headers.get(CORRELATION_HEADER) or _correlation_id())


def _correlation_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("correlation_id", ""))


def _task_started(sender: Any, task_result: Any, **rest: Any) -> None:
    span = trace.get_tracer(__name__).start_span("task", kind=SpanKind.CONSUMER)
    span.set_attribute(TASK, task_result.task.module_path)
    _tasks_under_way[task_result.id] = (span, context.attach(trace.set_span_in_context(span)))


def _task_finished(sender: Any, task_result: Any, **rest: Any) -> None:
    if task_result.id not in _tasks_under_way:
        return
    span, before = _tasks_under_way.pop(task_result.id)
    if task_result.status == TaskResultStatus.FAILED:
        span.set_status(trace.StatusCode.ERROR)
    context.detach(before)
    span.end()
