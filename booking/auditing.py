"""Audit events of bookings."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from audit.events import record
from booking.models import Booking, BookingState

BY_SUPPORT = {BookingState.SUBMITTED: "BOOKING_RETRIED", BookingState.SETTLED: "BOOKING_SETTLED"}


def bookings_submitted(bookings: Sequence[Booking]) -> None:
    """Record new bookings, in the transaction that creates them."""
    for booking in bookings:
        booking_state_changed(booking, before="", to=BookingState.SUBMITTED)


def booking_state_changed(booking: Booking, *, before: str, to: BookingState, by: Any = None) -> None:
    """Record a state change of a booking, in its transaction; `by` is the user who decided, if any."""
    record(
        what=(by and BY_SUPPORT.get(to)) or f"BOOKING_{to.upper()}",
        who=by or booking.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={
            "booking": str(booking.id),
            "from": str(before),
            "to": str(to),
            "nsi": booking.nsi_id,
            "appointment": booking.appointment_id,
        },
    )


def nsi_withdrawn(booking: Booking) -> None:
    """Record that the NSI of a booking was withdrawn, in the name of the user who confirmed the booking."""
    record(
        what="NSI_WITHDRAWN",
        who=booking.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={"booking": str(booking.id), "nsi": booking.nsi_id},
    )


def booking_resumed(booking: Booking) -> None:
    """Record that a worker resumes a booking, in the name of the user who confirmed it."""
    record(
        what="BOOKING_RESUMED",
        who=booking.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={"booking": str(booking.id), "tries": booking.tries},
    )


def booking_viewed(request: HttpRequest, booking: Booking) -> None:
    """Record that a user viewed a booking in the admin."""
    record(
        what="BOOKING_VIEWED",
        who=request.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={"booking": str(booking.id)},
    )
