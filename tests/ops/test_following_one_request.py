"""One id leads from a page to all that it logged, asked of others and left to a worker; and traces tell of nobody."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, Status, StatusCode

from scripts.servers import ROOT, environment
from tests.ops.live import PRIVATE, Product, Visitor
from tests.simulator_process import Simulator, SimulatorProcess


@pytest.fixture
def delius(simulator_process: SimulatorProcess) -> Iterator[Simulator]:
    """The simulator with its demo data as new."""
    control = Simulator(simulator_process.base_url)
    control.reset()
    yield control
    control.close()


def with_id(lines: list[dict[str, Any]], known: str) -> set[str]:
    return {line["event"] for line in lines if line.get("correlation_id") == known}


def test_a_confirmation_and_the_worker_that_finishes_it_have_one_id(
    tmp_path: Path, delius: Simulator, filled: Path
) -> None:
    product = Product(tmp_path, delius, filled)
    with product.serving("--workers=1") as site:
        robin = Visitor(site, "ROBIN.SAMPLE")
        page = robin.answers_everything("X000001")
        delius.fault("putAppointment", "status", status=429)
        delius.clear_requests()
        robin.send(page, {})
    # What the page left on the row, logged, and asked of others:
    [(state, known)] = product.rows("SELECT state, correlation_id FROM booking_booking")
    assert (state, bool(known)) == ("submitted", True)
    assert {"delius_call", "booking_retry_scheduled", "request_finished"} <= with_id(product.logged(), known)
    asked = {entry["operation"]: entry["correlationId"] for entry in delius.requests()}
    assert asked["putNsi"] == asked["putAppointment"] == known
    # What a worker logs and asks, in another process and later:
    delius.clear_requests()
    product.work_is_due()
    worked = product.manage("db_worker", "--batch", "--no-startup-delay", "--no-reload")
    assert {"delius_call", "booking_state_changed"} <= with_id(worked, known)
    assert {line["tries"] for line in worked if line.get("correlation_id") == known} == {1}
    asked = {entry["operation"]: entry["correlationId"] for entry in delius.requests()}
    assert asked["putAppointment"] == known
    assert set(asked.values()) == {known}
    # What the audit holds of it, and the requests that were sent for it:
    audited = dict(product.rows("SELECT what, correlation_id FROM audit_auditevent WHERE what LIKE 'BOOKING%'"))
    assert set(audited) == {"BOOKING_SUBMITTED", "BOOKING_RESUMED", "BOOKING_BOOKED"}
    assert set(audited.values()) == {known}
    assert product.rows("SELECT DISTINCT correlation_id FROM booking_upstreamattempt") == [(known,)]


def test_a_page_has_an_id_of_ours_in_all_its_lines_and_calls_and_not_what_a_browser_sends(
    tmp_path: Path, delius: Simulator, filled: Path
) -> None:
    product = Product(tmp_path, delius, filled)
    with product.serving("--workers=1") as site:
        robin = Visitor(site, "ROBIN.SAMPLE")
        delius.clear_requests()
        sent = {"X-Correlation-Id": "anybodys", "X-Request-Id": "anybodys"}
        robin.get("/cases/X000001/arrange/type/", **sent)
    [known] = {entry["correlationId"] for entry in delius.requests()}
    assert known
    assert known != "anybodys"
    assert {"delius_call", "request_finished"} <= with_id(product.logged(), known)


@dataclass(frozen=True)
class Taken:
    """A span as the collector took it."""

    name: str
    kind: int
    attributes: dict[str, Any]
    trace_id: bytes
    span_id: bytes
    parent: bytes
    resource: dict[str, Any]


class Collector:
    """Something that takes traces as OTLP over HTTP has it, keeps them, and keeps what it was sent as it was."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.paths: set[str] = set()
        taken = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.raw.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                taken.paths.add(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def spans(self) -> list[Taken]:
        """All that were taken."""
        return [
            Taken(
                name=span.name,
                kind=span.kind,
                attributes=_plain(span.attributes),
                trace_id=span.trace_id,
                span_id=span.span_id,
                parent=span.parent_span_id,
                resource=_plain(of_process.resource.attributes),
            )
            for raw in self.raw
            for of_process in ExportTraceServiceRequest.FromString(raw).resource_spans
            for of_library in of_process.scope_spans
            for span in of_library.spans
        ]


def _plain(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A stand-in for an OpenTelemetry collector."""
    collector = Collector()
    yield collector
    collector.stop()


def test_pages_calls_and_tasks_are_traced_from_every_process_and_tell_of_nobody(
    tmp_path: Path, delius: Simulator, filled: Path, collector: Collector
) -> None:
    product = Product(
        tmp_path,
        delius,
        filled,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
        GIT_REF="abc123",
        OTEL_SERVICE_NAME="rar",
    )
    with product.serving("--workers=2") as site:
        robin = Visitor(site, "ROBIN.SAMPLE")
        robin.get("/?find=Brian+Example")
        page = robin.answers_everything("X000001")
        delius.fault("putAppointment", "status", status=429)
        robin.send(page, {})
        site.get("/health/readiness")
    [(known,)] = product.rows("SELECT correlation_id FROM booking_booking")
    product.work_is_due()
    product.manage("db_worker", "--batch", "--no-startup-delay", "--no-reload")
    spans = collector.spans()
    assert collector.paths == {"/v1/traces"}

    # The page that confirmed is a span by its route; what it asked of Delius is within, by operation; both have its id.
    [confirmed] = [each for each in spans if each.name == "POST cases/<crn:crn>/arrange/check/"]
    assert confirmed.attributes["http.response.status_code"] == 302
    assert confirmed.attributes["correlation_id"] == known
    within = [each for each in spans if each.trace_id == confirmed.trace_id and each is not confirmed]
    assert {"putNsi", "putAppointment"} <= {each.name for each in within}
    assert {each.parent for each in within} == {confirmed.span_id}
    assert {each.attributes["correlation_id"] for each in within} == {known}

    # So is the worker's task, in another trace and with the same id on its calls.
    tasks = {each.span_id: each for each in spans if each.name == "booking.tasks.resume_due_bookings"}
    resumed = [each for each in spans if each.parent in tasks]
    assert "putAppointment" in {each.name for each in resumed}
    assert {each.attributes["correlation_id"] for each in resumed} == {known}

    assert {(each.resource["service.name"], each.resource["service.version"]) for each in spans} == {("rar", "abc123")}
    assert not [each for each in spans if "health" in each.name]
    told = b"".join(collector.raw)
    assert [text for text in (*PRIVATE, "find", "SELECT", "127.0.0.1") if text.encode() in told] == []


def test_a_collector_that_is_not_there_stops_no_page(
    tmp_path: Path, delius: Simulator, filled: Path, collector: Collector
) -> None:
    collector.stop()
    product = Product(tmp_path, delius, filled, OTEL_EXPORTER_OTLP_ENDPOINT=collector.address)
    with product.serving("--workers=1") as site:
        assert Visitor(site, "ROBIN.SAMPLE").get("/cases/X000001/arrange/type/").status_code == 200


def test_without_its_setting_nothing_that_traces_or_sends_is_even_imported() -> None:
    # The client of Redis imports some of OpenTelemetry for itself, where it finds it: its words, and nothing that runs.
    traces = (
        "rarbooking.observability.tracing",
        "opentelemetry.exporter",
        "opentelemetry.instrumentation",
        "opentelemetry.sdk.trace",
    )
    asked = (
        "import sys, django; django.setup(); from rarbooking.wsgi import application;"
        f"print([name for name in sys.modules if name.startswith({traces})])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=environment(DJANGO_SETTINGS_MODULE="rarbooking.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "[]"


def test_the_application_that_gunicorn_serves_finds_its_settings_by_itself() -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import rarbooking.wsgi"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr


def test_a_span_keeps_what_is_listed_and_its_name_is_made_of_that() -> None:
    from rarbooking.observability.tracing import scrubbed

    span = ReadableSpan(
        name="GET /cases/X000001/",
        kind=SpanKind.SERVER,
        attributes={
            "http.request.method": "GET",
            "http.route": "cases/<crn:crn>/",
            "url.path": "/cases/X000001/",
            "url.query": "find=Brian",
            "client.address": "127.0.0.9",
            "user_agent.original": "A browser",
            "correlation_id": "X000001",
            "something.new": "Brian",
        },
        events=(),
        status=Status(StatusCode.ERROR, "Words about Brian"),
    )
    kept = scrubbed(span, key="a-key")
    assert (kept.name, kept.status.description, kept.events) == ("GET cases/<crn:crn>/", None, ())
    attributes = dict(kept.attributes or {})
    assert attributes.pop("correlation_id") != "X000001"
    assert attributes == {"http.request.method": "GET", "http.route": "cases/<crn:crn>/"}
