"""Support actions on bookings that need attention: retry, and mark as settled."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from booking.models import Booking, BookingState
from booking.services.delivery import retry
from booking.services.states import ConcurrentUpdate, transition


def may_resubmit(booking: Booking) -> bool:
    """Return whether a booking can be sent again: it needs attention and has a reference (old rows have none)."""
    return booking.state == BookingState.NEEDS_ATTENTION and booking.appointment_reference is not None


def resubmit(booking: Booking, *, by: Any) -> bool:
    """Resubmit a booking that needs attention, with its tries reset; return whether it was done.

    The references stay the same, so that it is idempotent. `by` is the user who decided.
    """
    if not may_resubmit(booking):
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            transition(booking, BookingState.SUBMITTED, detail="To be tried again", by=by, tries=0, next_try_at=now)
            retry.enqueue_resume(at=now)
    except ConcurrentUpdate:
        return False
    return True


def mark_as_settled(booking: Booking, *, by: Any, reason: str) -> bool:
    """Mark a booking as settled in Delius by hand; return whether it was done. `reason` goes into its history."""
    try:
        transition(booking, BookingState.SETTLED, detail=f"Settled in Delius: {reason}", by=by, sent_at=None)
    except ConcurrentUpdate:
        return False
    return True
