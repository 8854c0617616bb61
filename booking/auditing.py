"""Audit events of cases and bookings."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from audit.events import record
from booking.models import Booking, BookingState

# Polled every few seconds by the page of a booking under way; its response has no personal data.
NOT_RECORDED = {"booking-state"}
BY_SUPPORT = {BookingState.SUBMITTED: "BOOKING_RETRIED", BookingState.SETTLED: "BOOKING_SETTLED"}


def case_viewed(request: HttpRequest, crn: str) -> None:
    """Record that a user was allowed to see a case, once for each request and case."""
    seen: set[str] = request.__dict__.setdefault("audited_cases", set())
    if crn in seen or _page(request)["page"] in NOT_RECORDED:
        return
    seen.add(crn)
    record(what="CASE_VIEWED", who=request.user, subject_type="CRN", subject_id=crn, details=_page(request))


def case_refused(request: HttpRequest, crn: str, *, why: str) -> None:
    """Record that a user was denied a case; `why` is the name of the exception."""
    details = {**_page(request), "why": why}
    record(what="CASE_REFUSED", who=request.user, subject_type="CRN", subject_id=crn, details=details)


def caseload_viewed(request: HttpRequest, *, username: str, cases: int) -> None:
    """Record that a user was shown their case list, with the number of cases."""
    record(
        what="CASELOAD_VIEWED",
        who=request.user,
        subject_type="USER",
        subject_id=username,
        details={"cases": cases},
    )


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


def _page(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    page = {"page": (match.url_name if match else "") or "", "method": request.method}
    return {**page, "step": match.kwargs["slug"]} if match and "slug" in match.kwargs else page
