"""Resuming rows that a crash, an outage or a lost response left under way, and what support can do with them."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from cases.delivery.conditional_update import ConcurrentUpdate
from delius import availability
from delius.availability import Service
from delius.retries import backoff

BATCH_SIZE = 20

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Delivery:
    """What an app tells of its rows.

    `name` names one in log events. `states` has SUBMITTED, NEEDS_ATTENTION and SETTLED. `process` sends a row, and
    `transition` changes its state (raising ConcurrentUpdate), with its history and audit event. `release_draft` is
    called where it is no longer under way, `resumed` records the audit event, and `enqueue_resume` enqueues the task
    that calls `resume_due`. `may_resubmit` says whether support may have a row tried again.
    """

    name: str
    states: Any
    process: Callable[..., Any]
    transition: Callable[..., None]
    release_draft: Callable[[Any], None]
    resumed: Callable[[Any], None]
    enqueue_resume: Callable[..., None]
    may_resubmit: Callable[[Any], bool] = lambda row: True


def resume_due(delivery: Delivery, *models: Any) -> dict[str, int]:
    """Process every row whose next try is due, and return how many are now in each state.

    Safe to run concurrently. A row with more than DELIVERY_MAX_TRIES tries moves to *needs attention*. While the
    circuit breaker is open none is tried: they stay due, and no try is counted.
    """
    counts: Counter[str] = Counter()
    began = timezone.now()
    for model in models:
        while claimed := claim(delivery, model, due_by=began):
            counts.update(_resume(delivery, row) for row in claimed)
    _enqueue_when_circuit_closes(delivery)
    return dict(counts)


def claim(delivery: Delivery, model: Any, *, due_by: datetime) -> list[Any]:
    """Claim a batch of due rows by postponing their next try, so that other workers skip them.

    The try is counted before it is made: a row that crashes its process runs out of tries too.
    """
    if availability.retry_after(*Service) is not None:
        return []
    candidates = model._default_manager.filter(state=delivery.states.SUBMITTED, next_try_at__lte=due_by)
    with transaction.atomic():
        due = list(
            candidates.select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_try_at")[:BATCH_SIZE]
        )
        now = timezone.now()
        for row in due:
            row.tries += 1
            row.next_try_at = now + backoff(row.tries)
        model._default_manager.bulk_update(due, ["tries", "next_try_at"])
    return due


def resubmit(delivery: Delivery, row: Any, *, by: Any) -> bool:
    """Resubmit a row that needs attention, with its tries reset; return whether it was done.

    Its references stay the same, so that it is idempotent. `by` is the user who decided.
    """
    if row.state != delivery.states.NEEDS_ATTENTION or not delivery.may_resubmit(row):
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            delivery.transition(
                row, delivery.states.SUBMITTED, detail="To be tried again", by=by, tries=0, next_try_at=now
            )
            delivery.enqueue_resume(at=now)
    except ConcurrentUpdate:
        return False
    return True


def mark_as_settled(delivery: Delivery, row: Any, *, by: Any, reason: str) -> bool:
    """Mark a row as settled in Delius by hand; return whether it was done. `reason` goes into its history."""
    try:
        delivery.transition(row, delivery.states.SETTLED, detail=f"Settled in Delius: {reason}", by=by, sent_at=None)
    except ConcurrentUpdate:
        return False
    return True


def _enqueue_when_circuit_closes(delivery: Delivery) -> None:
    """Enqueue one resume task, for all rows, at the time that the circuit breaker allows calls again."""
    wait = availability.retry_after(*Service)
    if wait is not None and cache.add(f"{delivery.name}:resume-enqueued", 1, wait):
        delivery.enqueue_resume(at=timezone.now() + timedelta(seconds=wait))


def _resume(delivery: Delivery, row: Any) -> str:
    # The correlation id of the request that confirmed it.
    known = row.correlation_id or str(uuid.uuid4())
    with structlog.contextvars.bound_contextvars(correlation_id=known, tries=row.tries):
        try:
            delivery.resumed(row)
            if row.tries > settings.DELIVERY_MAX_TRIES:
                return _give_up(delivery, row)
            return str(delivery.process(row, try_counted=True).state)
        except Exception:
            # One failing row must not stop the others; after DELIVERY_MAX_TRIES it needs attention.
            logger.exception(f"{delivery.name}_resume_failed", **{delivery.name: str(row.id)})
        assert row.next_try_at
        delivery.enqueue_resume(at=row.next_try_at)
        return "failed"


def _give_up(delivery: Delivery, row: Any) -> str:
    try:
        delivery.transition(row, delivery.states.NEEDS_ATTENTION, detail=f"Not settled after {row.tries - 1} tries")
    except ConcurrentUpdate:
        row.refresh_from_db()
    else:
        delivery.release_draft(row)
    return str(row.state)
