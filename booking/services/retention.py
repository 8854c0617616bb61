"""Retention of drafts, notes, bookings and findings of duplicate NSIs."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from booking.models import MAY_BE_ARRANGED_AGAIN, Booking, BookingState, Draft, DuplicateNsis
from booking.services import journey_counts
from booking.services.states import FINAL_STATES, without_notes

# Bookings deleted in one statement, each with its history and attempts.
BATCH_SIZE = 500


def purge_drafts(*, before: datetime) -> tuple[int, int]:
    """Delete drafts not updated since `before`, and erase the notes of bookings refused or cancelled before it.

    Returns how many of each. The journeys of the drafts count as abandoned. The draft of a booking under way stays.
    """
    under_way = Booking.objects.filter(state=BookingState.SUBMITTED).values("id")
    drafts = journey_counts.end(Draft.objects.filter(updated_at__lt=before).exclude(booking_id__in=under_way))
    noted = Booking.objects.filter(state__in=MAY_BE_ARRANGED_AGAIN, updated_at__lt=before).exclude(notes="")
    bookings = 0
    for booking in noted.iterator():
        # Conditional on the state that was read: another process may have changed it.
        bookings += Booking.objects.filter(id=booking.id, state=booking.state).update(**without_notes(booking))
    return drafts, bookings


def purge_bookings(*, before: datetime) -> tuple[int, int]:
    """Delete bookings that were over, and findings of duplicate NSIs that were last seen, before a moment.

    Returns how many of each. A booking is over when its appointment has ended and nothing more becomes of it: one that
    is under way or needs attention stays, and so does the whole of a series with a date that is not over. The
    appointment itself is Delius's to keep.
    """
    # `created_at` is implied by `updated_at`; it is there so that its index is used.
    over = Q(state__in=FINAL_STATES, end__lt=before, updated_at__lt=before, created_at__lt=before)
    rest_of_series = Booking.objects.filter(~over, series_id=OuterRef("series_id"))
    ids = list(Booking.objects.filter(over).exclude(Exists(rest_of_series)).values_list("id", flat=True))
    for start in range(0, len(ids), BATCH_SIZE):
        Booking.objects.filter(id__in=ids[start : start + BATCH_SIZE]).delete()
    findings, _ = DuplicateNsis.objects.filter(seen_at__lt=before).delete()
    return len(ids), findings
