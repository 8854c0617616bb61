"""Tracing with OpenTelemetry of requests, tasks and upstream calls, scrubbed of personal data by an allow-list.

Imported only where OTEL_EXPORTER_OTLP_ENDPOINT is set. gunicorn imports it before it forks its processes
(ops/gunicorn.conf.py preloads); the SDK begins anew in each.
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

from delius.http.attempts import CORRELATION_HEADER, current_operation
from rarbooking.observability.pseudonymisation import pseudonymise_crns

CORRELATION_ID = "correlation_id"
OPERATION = "upstream.operation"
TASK = "task"
# All other attributes are dropped: URLs with their CRNs, client addresses, user agents.
ALLOWED_ATTRIBUTES = frozenset(
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
# Probes.
EXCLUDED_URLS = r"/health(/liveness|/readiness)?/?(\?.*)?$,/(info|metrics)/?(\?.*)?$"

_task_spans: dict[str, tuple[Span, Any]] = {}


def start(*, endpoint: str, service: str, release: str, key: str) -> None:
    """Start tracing, exported by OTLP over HTTP to `endpoint`, the collector's root.

    `key` is that of CRN pseudonyms in the log. The SDK reads sampling and headers for the collector from its own
    environment variables.
    """
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": release}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(ScrubbingExporter(exporter, key=key)))
    trace.set_tracer_provider(provider)
    # Without baggage: a browser's is not propagated to Delius.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    DjangoInstrumentor().instrument(excluded_urls=EXCLUDED_URLS)
    RequestsInstrumentor().instrument(request_hook=_annotate_upstream_span)
    for signal, receiver in (
        (bind_extra_request_metadata, _annotate_request_span),
        (task_started, _task_started),
        (task_finished, _task_finished),
    ):
        _connect(signal, receiver)


class ScrubbingExporter(SpanExporter):
    """Exports spans with only the allowed attributes."""

    def __init__(self, exporter: SpanExporter, *, key: str) -> None:
        self._exporter = exporter
        self._key = key

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Scrub and export spans."""
        return self._exporter.export([scrubbed(span, key=self._key) for span in spans])

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the exporter."""
        return self._exporter.force_flush(timeout_millis)


def scrubbed(span: ReadableSpan, *, key: str) -> ReadableSpan:
    """Return a span with only the allowed attributes, and CRNs replaced by pseudonyms.

    Events are dropped, because they hold the text of errors, which may quote user input; of the status only the code
    stays. The name is derived from allowed attributes.
    """
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in ALLOWED_ATTRIBUTES}
    return ReadableSpan(
        name=str(pseudonymise_crns(_name(span, attributes), key=key)),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=pseudonymise_crns(attributes, key=key),
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _name(span: ReadableSpan, attributes: dict[str, Any]) -> str:
    method = str(attributes.get("http.request.method", "HTTP"))
    if span.kind is SpanKind.SERVER:
        return f"{method} {attributes.get('http.route', '')}".rstrip()
    return str(attributes.get(OPERATION) or attributes.get(TASK) or method)


def _connect(signal: Signal, receiver: Any) -> None:
    signal.connect(receiver, dispatch_uid=f"{__name__}.{receiver.__name__}")


def _annotate_request_span(sender: Any, **rest: Any) -> None:
    trace.get_current_span().set_attribute(CORRELATION_ID, _correlation_id())


def _annotate_upstream_span(span: Span, request: PreparedRequest) -> None:
    span.set_attribute(OPERATION, current_operation())
    span.set_attribute(CORRELATION_ID, request.headers.get(CORRELATION_HEADER) or _correlation_id())


def _correlation_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("correlation_id", ""))


def _task_started(sender: Any, task_result: Any, **rest: Any) -> None:
    span = trace.get_tracer(__name__).start_span("task", kind=SpanKind.CONSUMER)
    span.set_attribute(TASK, task_result.task.module_path)
    _task_spans[task_result.id] = (span, context.attach(trace.set_span_in_context(span)))


def _task_finished(sender: Any, task_result: Any, **rest: Any) -> None:
    if task_result.id not in _task_spans:
        return
    span, before = _task_spans.pop(task_result.id)
    if task_result.status == TaskResultStatus.FAILED:
        span.set_status(trace.StatusCode.ERROR)
    context.detach(before)
    span.end()
