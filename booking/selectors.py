"""Reads of our own rows."""

import uuid

from django.contrib.auth.models import AbstractBaseUser

from booking.models import Booking, BookingState, Draft


def draft_of(*, user: AbstractBaseUser, crn: str) -> Draft:
    """Return the person's draft for a case, made now if there is none."""
    draft, _ = Draft.objects.get_or_create(user=user, crn=crn)
    return draft


def cases_with_drafts(*, user: AbstractBaseUser) -> frozenset[str]:
    """Return the CRNs for which the person has answers waiting."""
    return frozenset(Draft.objects.filter(user=user).exclude(answers={}).values_list("crn", flat=True))


def booking_of(*, user: AbstractBaseUser, crn: str, booking_id: uuid.UUID) -> Booking | None:
    """Return one of the person's own bookings for a case, or None."""
    return Booking.objects.filter(user=user, crn=crn, id=booking_id).select_related("user").first()


def unsettled_bookings(*, user: AbstractBaseUser) -> list[Booking]:
    """Return the person's bookings of which it is not known whether an appointment was made, the oldest first."""
    return list(Booking.objects.filter(user=user, state=BookingState.UNCERTAIN).order_by("created_at"))
