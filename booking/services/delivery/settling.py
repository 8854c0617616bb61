"""What support does with bookings that need attention."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from booking.models import Booking, BookingState
from booking.services.delivery import schedule
from booking.services.states import Superseded, move


def may_try_again(booking: Booking) -> bool:
    """Return whether a booking can be sent again: not one from before there were references to know it by."""
    return booking.state == BookingState.NEEDS_ATTENTION and booking.appointment_reference is not None


def try_again(booking: Booking, *, by: Any) -> bool:
    """Put a booking that needs attention under way again, with all its tries; return whether it was done.

    What it sends bears the references that it had. `by` is the user who decided.
    """
    if not may_try_again(booking):
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            move(booking, BookingState.SUBMITTED, detail="To be tried again", by=by, tries=0, next_try_at=now)
            schedule.wake(at=now)
    except Superseded:
        return False
    return True


def mark_as_settled(booking: Booking, *, by: Any, reason: str) -> bool:
    """Close a booking that somebody has settled in Delius; return whether it was done. `reason` is kept with who."""
    try:
        move(booking, BookingState.SETTLED, detail=f"Settled in Delius: {reason}", by=by, sent_at=None)
    except Superseded:
        return False
    return True
