"""When a booking that is under way is looked at next."""

from datetime import datetime, timedelta

from django.db import transaction

from booking.models import Booking
from booking.tasks import resume_due_bookings

FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=15)


def delay(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 15 seconds, then twice as long each time, up to 15 minutes."""
    return min(FIRST_DELAY * 2 ** min(tries, 10), LONGEST_DELAY)


def next_try(booking: Booking, *, at: datetime) -> None:
    """Write down when a booking is to be looked at next, and wake a worker then."""
    with transaction.atomic():
        booking.next_try_at = at
        Booking.objects.filter(id=booking.id).update(next_try_at=at)
        wake(at=at)


def wake(*, at: datetime) -> None:
    """Have a worker look for bookings that are due."""
    resume_due_bookings.using(run_after=at).enqueue()
