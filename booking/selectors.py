"""Reads of our own rows."""

import uuid
from datetime import timedelta

from django.utils import timezone

from booking.models import Booking, BookingState, Draft


def draft_of(*, user_id: int, crn: str) -> Draft:
    """Return the person's draft for a case; a new one, which is not stored yet, where there is none."""
    return Draft.objects.filter(user_id=user_id, crn=crn).first() or Draft(user_id=user_id, crn=crn)


def cases_with_drafts(*, user_id: int) -> frozenset[str]:
    """Return the CRNs for which the person has answers waiting."""
    return frozenset(Draft.objects.filter(user_id=user_id).exclude(answers={}).values_list("crn", flat=True))


def booking_of(*, user_id: int, crn: str, booking_id: uuid.UUID) -> Booking | None:
    """Return one of the person's own bookings for a case, or None."""
    return Booking.objects.filter(user_id=user_id, crn=crn, id=booking_id).select_related("user").first()


def made_just_now(*, user_id: int, crn: str) -> Booking | None:
    """Return the person's latest booking for a case if they confirmed it within the last hour, or None."""
    since = timezone.now() - timedelta(hours=1)
    return Booking.objects.filter(user_id=user_id, crn=crn, created_at__gt=since).order_by("-created_at").first()


def series_of(booking: Booking) -> list[Booking]:
    """Return a booking with those of its series, by date; alone where it does not repeat."""
    if booking.series_id is None:
        return [booking]
    return list(Booking.objects.filter(series_id=booking.series_id).order_by("start"))


def bookings_with_news(*, user_id: int) -> list[Booking]:
    """Return the person's bookings that are not settled, or whose outcome they have not seen, the oldest first."""
    unseen = Booking.objects.filter(user_id=user_id, outcome_seen_at=None)
    return list(unseen.exclude(state=BookingState.CANCELLED).order_by("created_at"))
