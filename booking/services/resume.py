"""Taking further the bookings that a crash, an outage or a lost answer left under way."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingState
from booking.services import progress, schedule
from booking.services.confirm import booking_key, release_draft
from booking.services.leases import Busy, lease
from booking.services.states import UNDER_WAY, move
from delius import availability
from delius.availability import Service

BATCH = 20
NEEDED_BY_EVERY_BOOKING = (Service.HMPPS_AUTH, Service.COMMUNITY_API)
WAKE_KEY = "booking:wake-for-delius"

logger = structlog.get_logger(__name__)


def resume_due() -> dict[str, int]:
    """Take every booking whose next try is due as far as it goes, and return how many now stand in each state.

    Any number of processes may do this at once: each booking is claimed by one of them. A booking that has used up
    BOOKING_MOST_TRIES needs somebody's attention. While Delius is left alone because it does not answer, those that
    need it are left alone too: they are due still, and no try of theirs is spent.
    """
    counts: dict[str, int] = {}
    began = timezone.now()
    while claimed := _claim(due_by=began):
        for booking in claimed:
            state = _resume(booking)
            counts[state] = counts.get(state, 0) + 1
    _wake_when_delius_is_back()
    return counts


def _claim(*, due_by: datetime) -> list[Booking]:
    """Take some bookings that are due, so that nobody else does before their next delay is over.

    The try is counted before it is made: a booking that kills its process runs out of tries too.
    """
    if availability.left_alone_for(*NEEDED_BY_EVERY_BOOKING):
        return []
    candidates = Booking.objects.filter(state__in=UNDER_WAY, next_try_at__lte=due_by)
    if availability.left_alone_for(Service.DELIUS_API):
        candidates = candidates.exclude(state=BookingState.SUBMITTED, requirement_id__isnull=False)
    with transaction.atomic():
        due = list(candidates.select_for_update(skip_locked=True).order_by("next_try_at")[:BATCH])
        now = timezone.now()
        for booking in due:
            booking.tries += 1
            wait = max(schedule.delay(booking.tries), timedelta(seconds=settings.BOOKING_SETTLING_SECONDS))
            booking.next_try_at = now + wait
        Booking.objects.bulk_update(due, ["tries", "next_try_at"])
    return due


def _wake_when_delius_is_back() -> None:
    """Have a worker look again once it is worth asking the services that are left alone; one for all bookings."""
    wait = availability.left_alone_for(*Service)
    if wait is not None and cache.add(WAKE_KEY, 1, wait):
        schedule.wake(at=timezone.now() + timedelta(seconds=wait))


def _resume(booking: Booking) -> str:
    # What the page that confirmed it logged, and what it sent, bears the same id. The release before this kept none.
    known = booking.correlation_id or str(uuid.uuid4())
    with structlog.contextvars.bound_contextvars(correlation_id=known, tries=booking.tries):
        try:
            auditing.booking_resumed(booking)
            if booking.tries > settings.BOOKING_MOST_TRIES:
                return str(_give_up(booking.id).state)
            return str(progress.run(booking.id, wait_seconds=0, try_counted=True).state)
        except Busy:
            outcome = "busy"
        except Exception:
            # One booking that cannot be worked on must not stop the others; after enough tries somebody looks at it.
            logger.exception("booking_not_resumed", booking=str(booking.id))
            outcome = "failed"
        assert booking.next_try_at
        schedule.wake(at=booking.next_try_at)
        return outcome


def _give_up(booking_id: Any) -> Booking:
    with lease(booking_key(booking_id), wait_seconds=0):
        booking = Booking.objects.get(id=booking_id)
        if booking.state in UNDER_WAY:
            move(booking, BookingState.NEEDS_ATTENTION, detail=f"Not settled after {booking.tries - 1} tries")
            release_draft(booking)
        return booking
