"""Our own metrics, beside those that django-prometheus takes of requests. No label says anything of anybody."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from django.core.cache import cache
from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from booking.models import Booking, BookingState, DuplicateNsis
from booking.selectors import journeys_ever
from booking.services.states import AT_REST
from delius import availability
from delius.availability import Service
from delius.http.signals import request_ended, request_not_sent

UPSTREAM_REQUESTS = Counter(
    "rarbooking_upstream_requests",
    "Requests sent to HMPPS Auth and the integration service, by operation and result.",
    ["operation", "result"],
)
UPSTREAM_SECONDS = Histogram(
    "rarbooking_upstream_request_seconds",
    "How long upstream services took to answer, or to be given up.",
    ["operation"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30),
)

UPSTREAM_NOT_SENT = Counter(
    "rarbooking_upstream_requests_not_sent",
    "Requests that were not sent because the circuit is open or the bulkhead full, by operation.",
    ["operation"],
)

CIRCUIT_STATES = {"closed": 0, "half-open": 0.5, "open": 1}
AT_REST_KEY = "metrics-bookings-at-rest"
AT_REST_SECONDS = 300

logger = structlog.get_logger(__name__)


def connect() -> None:
    """Have every request to an upstream service counted, and every one that was not sent."""
    request_ended.connect(_count_request, dispatch_uid="rarbooking.observability.metrics")
    request_not_sent.connect(_count_not_sent, dispatch_uid="rarbooking.observability.metrics")


def _count_request(sender: Any, *, operation: str, status: int | None, milliseconds: int, **rest: Any) -> None:
    UPSTREAM_REQUESTS.labels(operation, result_of(status)).inc()
    UPSTREAM_SECONDS.labels(operation).observe(milliseconds / 1000)


def _count_not_sent(sender: Any, *, operation: str, **rest: Any) -> None:
    UPSTREAM_NOT_SENT.labels(operation).inc()


def result_of(status: int | None) -> str:
    """Return what an answer's status amounts to. A 404 or a 400 is an answer; only the last two are faults."""
    if status is None:
        return "no_answer"
    if 200 <= status < 300:
        return "success"
    return "client_error" if 400 <= status < 500 else "server_error"


class StateCollector(Collector):
    """What the database and the circuit breakers say, read when somebody asks, so it is never summed up.

    The database says the same to every process; so do the circuit breakers where they share their state in Redis.
    """

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; where the database cannot be read, only that, and those of the circuit breakers."""
        yield _circuits()
        try:
            found = [*_bookings(), *_tasks(), *_findings(), *_journeys()]
        except Error as error:
            logger.warning("metrics_without_database", fault=type(error).__name__)
            found = []
        yield GaugeMetricFamily("rarbooking_database_up", "Whether the database could be read.", value=bool(found))
        yield from found


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them: of every process of this gunicorn, and what the database says."""
    requests = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)
    state = CollectorRegistry()
    state.register(StateCollector())
    return generate_latest(requests) + generate_latest(state)


def _circuits() -> GaugeMetricFamily:
    """The state of each circuit. Asking has a service checked in the background once its time is over."""
    gauge = GaugeMetricFamily(
        "rarbooking_circuit_state",
        "The state of a service's circuit breaker: 0 closed, 0.5 half-open, 1 open.",
        labels=["service"],
    )
    availability.retry_after(*Service)
    for service, state in availability.states().items():
        gauge.add_metric([service.value], CIRCUIT_STATES[state])
    return gauge


def _bookings() -> Iterator[GaugeMetricFamily]:
    bookings = Booking.objects.order_by().values("state")
    rows = bookings.filter(state__in=set(BookingState) - AT_REST).annotate(number=Count("id"), oldest=Min("created_at"))
    by_state = {row["state"]: row for row in (*rows, *_at_rest())}
    numbers = GaugeMetricFamily(
        "rarbooking_bookings",
        "Bookings, by state; those in states that none leaves as of up to five minutes ago.",
        labels=["state"],
    )
    ages = GaugeMetricFamily(
        "rarbooking_oldest_unsettled_booking_age_seconds",
        "For how long the oldest booking that is not settled has been waiting since it was confirmed; 0 for none.",
        labels=["state"],
    )
    for state in BookingState:
        row = by_state.get(state)
        numbers.add_metric([state.value], row["number"] if row else 0)
        if state not in AT_REST:
            ages.add_metric([state.value], _age(row["oldest"] if row else None))
    yield numbers
    yield ages


def _at_rest() -> list[dict[str, Any]]:
    """Return how many bookings are in each state that none leaves.

    They are nearly all there ever were, so that counting them takes a while: they are counted every five minutes.
    """
    counted = Booking.objects.order_by().values("state").filter(state__in=AT_REST).annotate(number=Count("id"))
    return cache.get_or_set(AT_REST_KEY, lambda: list(counted), AT_REST_SECONDS) or []


def _tasks() -> Iterator[GaugeMetricFamily]:
    due = DBTaskResult.objects.order_by().ready()
    # A task without a time to run at has the last day there is.
    at_once = due.filter(run_after=get_date_max()).aggregate(oldest=Min("enqueued_at"))["oldest"]
    at_a_time = due.exclude(run_after=get_date_max()).aggregate(oldest=Min("run_after"))["oldest"]
    yield GaugeMetricFamily("rarbooking_task_queue_depth", "Tasks that are due and not begun.", value=due.count())
    yield GaugeMetricFamily(
        "rarbooking_oldest_due_task_age_seconds",
        "For how long the oldest task that is due has been waiting for a worker; 0 for none.",
        value=max(_age(at_once), _age(at_a_time)),
    )
    failed = DBTaskResult.objects.order_by().failed().count()
    yield GaugeMetricFamily("rarbooking_failed_tasks", "Tasks that ended in an error and are kept.", value=failed)


def _findings() -> Iterator[GaugeMetricFamily]:
    open_findings = DuplicateNsis.objects.filter(tidied_at=None).count()
    yield GaugeMetricFamily(
        "rarbooking_duplicate_nsi_findings", "Findings of duplicate NSIs still to be tidied in Delius.", open_findings
    )


def _journeys() -> Iterator[CounterMetricFamily]:
    journeys = CounterMetricFamily(
        "rarbooking_journeys", "Journeys since there is a count, by event.", labels=["event"]
    )
    for event, number in journeys_ever().items():
        journeys.add_metric([event.value], number)
    yield journeys


def _age(since: datetime | None) -> float:
    return max((timezone.now() - since).total_seconds(), 0) if since else 0
