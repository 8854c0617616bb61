"""Forgetting what people typed and never came back to."""

from datetime import datetime

from booking.models import MAY_BE_ARRANGED_AGAIN, Booking, Draft
from booking.services import counting
from booking.services.states import UNDER_WAY, without_notes


def purge(*, before: datetime) -> tuple[int, int]:
    """Delete drafts not touched since a moment, and forget the notes of bookings that came to nothing before it.

    Returns how many of each. The journeys of the drafts count as left. What a booking under way was made from stays
    until it is known what became of it.
    """
    under_way = Booking.objects.filter(state__in=UNDER_WAY).values("id")
    drafts = counting.end(Draft.objects.filter(updated_at__lt=before).exclude(booking_id__in=under_way))
    noted = Booking.objects.filter(state__in=MAY_BE_ARRANGED_AGAIN, updated_at__lt=before).exclude(notes="")
    bookings = 0
    for booking in noted.iterator():
        # Only from where it stood: somebody else may be at work.
        bookings += Booking.objects.filter(id=booking.id, state=booking.state).update(**without_notes(booking))
    return drafts, bookings
