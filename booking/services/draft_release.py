"""Release of a draft when its booking is no longer under way."""

import uuid

from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from booking.services import journey_counts
from booking.services.states import FINAL_STATES


def release_draft(booking: Booking) -> None:
    """Release the draft of a booking.

    The draft is deleted where the appointment was booked, where support settles the booking, or where the booking is in
    a series; where no appointment was made it stays, with a new booking id, so that the answers can be confirmed again.
    """
    draft = Draft.objects.filter(booking_id=booking.id)
    may_be_tried_again = FINAL_STATES - {BookingState.BOOKED, BookingState.SETTLED}
    if booking.state in may_be_tried_again and booking.series_id is None:
        draft.update(booking_id=uuid.uuid4())
    else:
        taken_back = booking.state == BookingState.CANCELLED
        journey_counts.end(draft, made=None if taken_back else booking, on=timezone.localdate())
