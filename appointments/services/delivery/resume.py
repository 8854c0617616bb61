"""Resuming changes that a crash, an outage or a lost response left under way."""

import uuid
from collections import Counter
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from appointments import auditing
from appointments.models import Change, ChangeState
from appointments.selectors import KINDS
from appointments.services.delivery import processing, retry
from appointments.services.drafts import release_draft
from appointments.services.states import ConcurrentUpdate, transition
from delius import availability
from delius.availability import Service
from delius.retries import backoff

BATCH_SIZE = 20
RESUME_ENQUEUED_KEY = "appointments:resume-enqueued"

logger = structlog.get_logger(__name__)


def resume_due() -> dict[str, int]:
    """Process every change whose next try is due, and return how many are now in each state.

    Safe to run concurrently. A change with more than BOOKING_MOST_TRIES tries moves to *needs attention*. While the
    circuit breaker is open none is tried: they stay due, and no try is counted.
    """
    counts: Counter[str] = Counter()
    began = timezone.now()
    for kind in KINDS:
        while claimed := _claim(kind, due_by=began):
            counts.update(_resume(change) for change in claimed)
    _enqueue_when_circuit_closes()
    return dict(counts)


def _claim(kind: type[Change], *, due_by: datetime) -> list[Change]:
    """Claim a batch of due changes by postponing their next try, so that other workers skip them.

    The try is counted before it is made: a change that crashes its process runs out of tries too.
    """
    if availability.retry_after(*Service) is not None:
        return []
    candidates = kind._default_manager.filter(state=ChangeState.SUBMITTED, next_try_at__lte=due_by)
    with transaction.atomic():
        due = list(
            candidates.select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_try_at")[:BATCH_SIZE]
        )
        now = timezone.now()
        for change in due:
            change.tries += 1
            change.next_try_at = now + backoff(change.tries)
        kind._default_manager.bulk_update(due, ["tries", "next_try_at"])
    return due


def _enqueue_when_circuit_closes() -> None:
    """Enqueue one resume task, for all changes, at the time that the circuit breaker allows calls again."""
    wait = availability.retry_after(*Service)
    if wait is not None and cache.add(RESUME_ENQUEUED_KEY, 1, wait):
        retry.enqueue_resume(at=timezone.now() + timedelta(seconds=wait))


def _resume(change: Change) -> str:
    # The correlation id of the request that confirmed it.
    known = change.correlation_id or str(uuid.uuid4())
    with structlog.contextvars.bound_contextvars(correlation_id=known, tries=change.tries):
        try:
            auditing.change_resumed(change)
            if change.tries > settings.BOOKING_MOST_TRIES:
                return _give_up(change)
            return str(processing.process(change, try_counted=True).state)
        except Exception:
            # One failing change must not stop the others; after BOOKING_MOST_TRIES it needs attention.
            logger.exception("change_resume_failed", change=str(change.id))
        assert change.next_try_at
        retry.enqueue_resume(at=change.next_try_at)
        return "failed"


def _give_up(change: Change) -> str:
    try:
        transition(change, ChangeState.NEEDS_ATTENTION, detail=f"Not settled after {change.tries - 1} tries")
    except ConcurrentUpdate:
        change.refresh_from_db()
    else:
        release_draft(change)
    return str(change.state)
