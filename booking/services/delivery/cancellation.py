"""Cancellation of bookings whose appointments were not sent."""

from typing import Any

from django.db.models import Q

from booking.models import Booking, BookingState
from booking.services.delivery.withdrawal import schedule_withdrawal
from booking.services.draft_release import release_draft
from booking.services.states import transition
from cases.delivery.conditional_update import ConcurrentUpdate


def may_cancel(booking: Booking) -> bool:
    """Return whether a booking is under way and its appointment has not been sent."""
    return booking.state == BookingState.SUBMITTED and booking.sent_at is None


def cancel_unsent(booking_id: Any) -> bool:
    """Cancel a booking whose appointment was not sent, and release its draft; return whether the draft is released.

    An NSI that the booking may have made is withdrawn after WITHDRAWAL_DELAY. The draft of a booking in a final state
    is released too; it is not while the appointment may be in Delius.
    """
    booking = Booking.objects.get(id=booking_id)
    if may_cancel(booking):
        try:
            transition(
                booking,
                BookingState.CANCELLED,
                detail="Taken back before an appointment was sent",
                only_if=Q(sent_at=None),
                withdraw_nsi_at=schedule_withdrawal(booking),
            )
        except ConcurrentUpdate:
            booking.refresh_from_db()
    if booking.state == BookingState.SUBMITTED:
        return False
    release_draft(booking)
    return True
