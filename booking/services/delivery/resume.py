"""Resuming bookings that a crash, an outage or a lost response left under way."""

import uuid
from collections import Counter
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingState
from booking.services.delivery import processing, retry
from booking.services.delivery.withdrawal import withdraw_due
from booking.services.draft_release import release_draft
from booking.services.states import ConcurrentUpdate, transition
from delius import availability
from delius.availability import Service

BATCH_SIZE = 20
RESUME_ENQUEUED_KEY = "booking:resume-enqueued"

logger = structlog.get_logger(__name__)


def resume_due() -> dict[str, int]:
    """Process every booking whose next try is due, and return how many are now in each state.

    Safe to run concurrently. A booking with more than BOOKING_MOST_TRIES tries moves to *needs attention*. While the
    circuit breaker is open no booking is tried: they stay due, and no try is counted.
    """
    counts: Counter[str] = Counter()
    began = timezone.now()
    while claimed := _claim(due_by=began):
        counts.update(_resume(booking) for booking in claimed)
    if availability.retry_after(*Service) is None:
        withdraw_due()
    else:
        _enqueue_when_circuit_closes()
    return dict(counts)


def _claim(*, due_by: datetime) -> list[Booking]:
    """Claim a batch of due bookings by postponing their next try, so that other workers skip them.

    The try is counted before it is made: a booking that crashes its process runs out of tries too.
    """
    if availability.retry_after(*Service) is not None:
        return []
    candidates = Booking.objects.filter(state=BookingState.SUBMITTED, next_try_at__lte=due_by)
    with transaction.atomic():
        due = list(
            candidates.select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_try_at")[:BATCH_SIZE]
        )
        now = timezone.now()
        for booking in due:
            booking.tries += 1
            booking.next_try_at = now + retry.backoff(booking.tries)
        Booking.objects.bulk_update(due, ["tries", "next_try_at"])
    return due


def _enqueue_when_circuit_closes() -> None:
    """Enqueue one resume task, for all bookings, at the time that the circuit breaker allows calls again."""
    wait = availability.retry_after(*Service)
    if wait is not None and cache.add(RESUME_ENQUEUED_KEY, 1, wait):
        retry.enqueue_resume(at=timezone.now() + timedelta(seconds=wait))


def _resume(booking: Booking) -> str:
    # The correlation id of the request that confirmed it.
    known = booking.correlation_id or str(uuid.uuid4())
    with structlog.contextvars.bound_contextvars(correlation_id=known, tries=booking.tries):
        try:
            auditing.booking_resumed(booking)
            if booking.tries > settings.BOOKING_MOST_TRIES:
                return _give_up(booking)
            return str(processing.process(booking, try_counted=True).state)
        except Exception:
            # One failing booking must not stop the others; after BOOKING_MOST_TRIES it needs attention.
            logger.exception("booking_resume_failed", booking=str(booking.id))
        assert booking.next_try_at
        retry.enqueue_resume(at=booking.next_try_at)
        return "failed"


def _give_up(booking: Booking) -> str:
    try:
        transition(booking, BookingState.NEEDS_ATTENTION, detail=f"Not settled after {booking.tries - 1} tries")
    except ConcurrentUpdate:
        booking.refresh_from_db()
    else:
        release_draft(booking)
    return str(booking.state)
