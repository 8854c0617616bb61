"""Taking bookings further that a crash, an outage or a lost answer left under way."""

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
from booking.services.delivery import processing, schedule
from booking.services.delivery.withdrawal import withdraw_due
from booking.services.draft_release import release_draft
from booking.services.states import Superseded, move
from delius import availability
from delius.availability import Service

BATCH = 20
WAKE_KEY = "booking:wake-for-delius"

logger = structlog.get_logger(__name__)


def resume_due() -> dict[str, int]:
    """Take every booking whose next try is due as far as it goes, and return how many now stand in each state.

    Any number of processes may do this at once. A booking that has used up BOOKING_MOST_TRIES needs somebody's
    attention. While the circuit to Delius is open bookings are not tried: they are due still, and no try is spent.
    """
    counts: Counter[str] = Counter()
    began = timezone.now()
    while claimed := _claim(due_by=began):
        counts.update(_resume(booking) for booking in claimed)
    if availability.retry_after(*Service) is None:
        withdraw_due()
    else:
        _wake_when_delius_is_back()
    return dict(counts)


def _claim(*, due_by: datetime) -> list[Booking]:
    """Take some bookings that are due, and put their next try off, so that others are at others.

    The try is counted before it is made: a booking that kills its process runs out of tries too.
    """
    if availability.retry_after(*Service) is not None:
        return []
    candidates = Booking.objects.filter(state=BookingState.SUBMITTED, next_try_at__lte=due_by)
    with transaction.atomic():
        due = list(
            candidates.select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_try_at")[:BATCH]
        )
        now = timezone.now()
        for booking in due:
            booking.tries += 1
            booking.next_try_at = now + schedule.delay(booking.tries)
        Booking.objects.bulk_update(due, ["tries", "next_try_at"])
    return due


def _wake_when_delius_is_back() -> None:
    """Have a worker look again once it is worth asking; one for all bookings."""
    wait = availability.retry_after(*Service)
    if wait is not None and cache.add(WAKE_KEY, 1, wait):
        schedule.wake(at=timezone.now() + timedelta(seconds=wait))


def _resume(booking: Booking) -> str:
    # What the page that confirmed it logged, and what it sent, bears the same id.
    known = booking.correlation_id or str(uuid.uuid4())
    with structlog.contextvars.bound_contextvars(correlation_id=known, tries=booking.tries):
        try:
            auditing.booking_resumed(booking)
            if booking.tries > settings.BOOKING_MOST_TRIES:
                return _give_up(booking)
            return str(processing.process(booking, try_counted=True).state)
        except Exception:
            # One booking that cannot be worked on must not stop the others; after enough tries somebody looks at it.
            logger.exception("booking_not_resumed", booking=str(booking.id))
        assert booking.next_try_at
        schedule.wake(at=booking.next_try_at)
        return "failed"


def _give_up(booking: Booking) -> str:
    try:
        move(booking, BookingState.NEEDS_ATTENTION, detail=f"Not settled after {booking.tries - 1} tries")
    except Superseded:
        booking.refresh_from_db()
    else:
        release_draft(booking)
    return str(booking.state)
