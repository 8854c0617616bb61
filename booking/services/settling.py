"""What support does with bookings that need attention."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from booking.models import Booking, BookingState
from booking.services import schedule
from booking.services.leases import Busy
from booking.services.states import move


def try_again(booking: Booking, *, by: Any) -> bool:
    """Put a booking that needs attention under way again, with all its tries; return whether it was done.

    It begins with reading Delius back. `by` is the user who decided.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            move(booking, BookingState.UNCERTAIN, detail="To be tried again", by=by, tries=0)
            schedule.next_try(booking, at=now)
    except Busy:
        return False
    return True


def mark_as_settled(booking: Booking, *, by: Any, reason: str) -> bool:
    """Close a booking that somebody has settled in Delius; return whether it was done. `reason` is kept with who."""
    try:
        move(booking, BookingState.SETTLED, detail=f"Settled in Delius: {reason}", by=by, sent_at=None)
    except Busy:
        return False
    return True
