"""Freeing a draft once the booking that was made from it is no longer under way."""

import uuid

from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from booking.services import counting
from booking.services.states import AT_REST


def release_draft(booking: Booking) -> None:
    """Free the draft that a booking was made from.

    Its answers are forgotten where they were booked, where somebody else settles the rest, or where repeats may be
    booked; they stay, for another try, where no appointment was made.
    """
    draft = Draft.objects.filter(booking_id=booking.id)
    may_be_tried_again = AT_REST - {BookingState.BOOKED, BookingState.SETTLED}
    if booking.state in may_be_tried_again and booking.series_id is None:
        draft.update(booking_id=uuid.uuid4())
    else:
        taken_back = booking.state == BookingState.CANCELLED
        counting.end(draft, made=None if taken_back else booking, on=timezone.localdate())
