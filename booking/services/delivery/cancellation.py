"""Taking a booking back while it certainly has made no appointment."""

from typing import Any

from django.db.models import Q

from booking.models import Booking, BookingState
from booking.services.delivery.withdrawal import withdraw_after
from booking.services.draft_release import release_draft
from booking.services.states import Superseded, move


def may_cancel(booking: Booking) -> bool:
    """Return whether a booking is under way and its appointment certainly has not been sent."""
    return booking.state == BookingState.SUBMITTED and booking.sent_at is None


def let_go(booking_id: Any) -> bool:
    """Return whether the draft that a booking was made from may now go its own way.

    It may where the booking is no longer under way. One whose appointment was not sent is cancelled, and the NSI that
    it may have made is withdrawn after a while. It may not while the appointment may be in Delius.
    """
    booking = Booking.objects.get(id=booking_id)
    if may_cancel(booking):
        made_nsi = booking.counts_towards_rar and (booking.nsi_created or booking.nsi_id is None)
        try:
            move(
                booking,
                BookingState.CANCELLED,
                detail="Taken back before an appointment was sent",
                only_if=Q(sent_at=None),
                withdraw_nsi_at=withdraw_after(booking) if made_nsi else None,
            )
        except Superseded:
            booking.refresh_from_db()
    if booking.state == BookingState.SUBMITTED:
        return False
    release_draft(booking)
    return True
