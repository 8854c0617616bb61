"""Prometheus metrics of our own, besides django-prometheus's. No label holds personal data."""

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

from appointments.selectors import KINDS, NOT_SETTLED
from booking.models import Booking, BookingState, DuplicateNsis
from booking.selectors import journeys_ever
from booking.services.states import FINAL_STATES
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
    "How long upstream services took to answer, or to time out.",
    ["operation"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30),
)

UPSTREAM_NOT_SENT = Counter(
    "rarbooking_upstream_requests_not_sent",
    "Requests that were not sent because the circuit is open or the bulkhead full, by operation.",
    ["operation"],
)

CIRCUIT_STATES = {"closed": 0, "half-open": 0.5, "open": 1}
FINAL_COUNTS_CACHE_KEY = "metrics-bookings-final"
FINAL_COUNTS_CACHE_SECONDS = 300

logger = structlog.get_logger(__name__)


def connect() -> None:
    """Connect the counters of upstream requests, and of those that were not sent."""
    request_ended.connect(_count_request, dispatch_uid="rarbooking.observability.metrics")
    request_not_sent.connect(_count_not_sent, dispatch_uid="rarbooking.observability.metrics")


def _count_request(sender: Any, *, operation: str, status: int | None, milliseconds: int, **rest: Any) -> None:
    UPSTREAM_REQUESTS.labels(operation, result_label(status)).inc()
    UPSTREAM_SECONDS.labels(operation).observe(milliseconds / 1000)


def _count_not_sent(sender: Any, *, operation: str, **rest: Any) -> None:
    UPSTREAM_NOT_SENT.labels(operation).inc()


def result_label(status: int | None) -> str:
    """Return the `result` label of a status. Only `server_error` and `no_answer` are faults."""
    if status is None:
        return "no_answer"
    if 200 <= status < 300:
        return "success"
    return "client_error" if 400 <= status < 500 else "server_error"


class StateCollector(Collector):
    """Collector of gauges from the database and the circuit breakers, read at scrape time.

    Not summed over processes: the database is the same for all, as are circuit breakers with their state in Redis.
    """

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; without a database, only `rarbooking_database_up` and the circuit breakers'."""
        yield _circuits()
        try:
            found = [*_bookings(), *_changes(), *_tasks(), *_findings(), *_journeys()]
        except Error as error:
            logger.warning("metrics_without_database", fault=type(error).__name__)
            found = []
        yield GaugeMetricFamily("rarbooking_database_up", "Whether the database could be read.", value=bool(found))
        yield from found


def exposition() -> bytes:
    """Return all metrics in Prometheus's text format: of every process of this gunicorn, and of the database."""
    requests = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)
    state = CollectorRegistry()
    state.register(StateCollector())
    return generate_latest(requests) + generate_latest(state)


def _circuits() -> GaugeMetricFamily:
    """The state of each circuit. Reading it starts the background check of an open circuit whose time is over."""
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
    rows = bookings.filter(state__in=set(BookingState) - FINAL_STATES).annotate(
        number=Count("id"), oldest=Min("created_at")
    )
    by_state = {row["state"]: row for row in (*rows, *_final_counts())}
    numbers = GaugeMetricFamily(
        "rarbooking_bookings",
        "Bookings, by state; those in final states are up to five minutes old.",
        labels=["state"],
    )
    ages = GaugeMetricFamily(
        "rarbooking_oldest_unsettled_booking_age_seconds",
        "Age of the oldest unsettled booking since it was confirmed; 0 for none.",
        labels=["state"],
    )
    for state in BookingState:
        row = by_state.get(state)
        numbers.add_metric([state.value], row["number"] if row else 0)
        if state not in FINAL_STATES:
            ages.add_metric([state.value], _age(row["oldest"] if row else None))
    yield numbers
    yield ages


def _changes() -> Iterator[GaugeMetricFamily]:
    numbers = GaugeMetricFamily(
        "rarbooking_unsettled_changes", "Outcomes and moves that are not settled, by state.", labels=["kind", "state"]
    )
    ages = GaugeMetricFamily(
        "rarbooking_oldest_unsettled_change_age_seconds",
        "Age of the oldest unsettled outcome or move since it was confirmed; 0 for none.",
        labels=["kind", "state"],
    )
    for kind in KINDS:
        unsettled = kind._default_manager.order_by().filter(state__in=NOT_SETTLED).values("state")
        by_state = {row["state"]: row for row in unsettled.annotate(number=Count("id"), oldest=Min("created_at"))}
        for state in NOT_SETTLED:
            row = by_state.get(state)
            numbers.add_metric([kind.kind.value, state.value], row["number"] if row else 0)
            ages.add_metric([kind.kind.value, state.value], _age(row["oldest"] if row else None))
    yield numbers
    yield ages


def _final_counts() -> list[dict[str, Any]]:
    """Return the number of bookings in each final state, cached for five minutes.

    They are nearly all bookings, so that counting them takes a while.
    """
    counted = Booking.objects.order_by().values("state").filter(state__in=FINAL_STATES).annotate(number=Count("id"))
    return cache.get_or_set(FINAL_COUNTS_CACHE_KEY, lambda: list(counted), FINAL_COUNTS_CACHE_SECONDS) or []


def _tasks() -> Iterator[GaugeMetricFamily]:
    due = DBTaskResult.objects.order_by().ready()
    # A task without `run_after` has the maximum date.
    at_once = due.filter(run_after=get_date_max()).aggregate(oldest=Min("enqueued_at"))["oldest"]
    at_a_time = due.exclude(run_after=get_date_max()).aggregate(oldest=Min("run_after"))["oldest"]
    yield GaugeMetricFamily("rarbooking_task_queue_depth", "Tasks that are due and not started.", value=due.count())
    yield GaugeMetricFamily(
        "rarbooking_oldest_due_task_age_seconds",
        "How long the oldest due task has been waiting for a worker; 0 for none.",
        value=max(_age(at_once), _age(at_a_time)),
    )
    failed = DBTaskResult.objects.order_by().failed().count()
    yield GaugeMetricFamily("rarbooking_failed_tasks", "Tasks that failed, until they are purged.", value=failed)


def _findings() -> Iterator[GaugeMetricFamily]:
    open_findings = DuplicateNsis.objects.filter(resolved_at=None).count()
    yield GaugeMetricFamily(
        "rarbooking_duplicate_nsi_findings", "Findings of duplicate NSIs not yet resolved in Delius.", open_findings
    )


def _journeys() -> Iterator[CounterMetricFamily]:
    journeys = CounterMetricFamily(
        "rarbooking_journeys", "Journeys counted since counting began, by event.", labels=["event"]
    )
    for event, number in journeys_ever().items():
        journeys.add_metric([event.value], number)
    yield journeys


def _age(since: datetime | None) -> float:
    return max((timezone.now() - since).total_seconds(), 0) if since else 0
