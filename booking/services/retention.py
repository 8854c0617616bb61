"""Forgetting what people typed and never came back to, and what is long over."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from booking.models import MAY_BE_ARRANGED_AGAIN, Booking, BookingState, Draft, DuplicateNsis
from booking.services import counting
from booking.services.states import AT_REST, without_notes

# So many bookings are deleted at once, each with its history and what was sent for it.
AT_ONCE = 500


def purge_drafts(*, before: datetime) -> tuple[int, int]:
    """Delete drafts not touched since a moment, and forget the notes of bookings that came to nothing before it.

    Returns how many of each. The journeys of the drafts count as left. What a booking under way was made from stays
    until it is known what became of it.
    """
    under_way = Booking.objects.filter(state=BookingState.SUBMITTED).values("id")
    drafts = counting.end(Draft.objects.filter(updated_at__lt=before).exclude(booking_id__in=under_way))
    noted = Booking.objects.filter(state__in=MAY_BE_ARRANGED_AGAIN, updated_at__lt=before).exclude(notes="")
    bookings = 0
    for booking in noted.iterator():
        # Only from where it stood: somebody else may be at work.
        bookings += Booking.objects.filter(id=booking.id, state=booking.state).update(**without_notes(booking))
    return drafts, bookings


def purge_bookings(*, before: datetime) -> tuple[int, int]:
    """Delete bookings that are over, and findings of duplicate NSIs that nobody has come across again, since a moment.

    Returns how many of each. A booking is over when its appointment has ended and nothing more becomes of it: one that
    is under way or needs attention stays, and so does the whole of a series with a date that is not over. The
    appointment itself is Delius's to keep.
    """
    # What was changed last before then was made before then: said for the index of `created_at`.
    over = Q(state__in=AT_REST, end__lt=before, updated_at__lt=before, created_at__lt=before)
    rest_of_series = Booking.objects.filter(~over, series_id=OuterRef("series_id"))
    ids = list(Booking.objects.filter(over).exclude(Exists(rest_of_series)).values_list("id", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        Booking.objects.filter(id__in=ids[start : start + AT_ONCE]).delete()
    findings, _ = DuplicateNsis.objects.filter(seen_at__lt=before).delete()
    return len(ids), findings
