"""What the audit is told of cases and bookings."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from audit.events import record
from booking.models import Booking, BookingState

# The page that waits for a booking asks every few seconds, and is told nothing of anybody.
NOT_RECORDED = {"booking-state"}
BY_SUPPORT = {BookingState.SUBMITTED: "BOOKING_RETRIED", BookingState.SETTLED: "BOOKING_SETTLED"}


def case_viewed(request: HttpRequest, crn: str) -> None:
    """Record, once for each request and case, that somebody was let in to a case."""
    seen: set[str] = request.__dict__.setdefault("audited_cases", set())
    if crn in seen or _page(request)["page"] in NOT_RECORDED:
        return
    seen.add(crn)
    record(what="CASE_VIEWED", who=request.user, subject_type="CRN", subject_id=crn, details=_page(request))


def case_refused(request: HttpRequest, crn: str, *, why: str) -> None:
    """Record that somebody asked for a case and was not let in; `why` is the kind of answer."""
    details = {**_page(request), "why": why}
    record(what="CASE_REFUSED", who=request.user, subject_type="CRN", subject_id=crn, details=details)


def caseload_viewed(request: HttpRequest, *, username: str, cases: int) -> None:
    """Record that somebody was shown the list of their cases, and how many it had."""
    record(
        what="CASELOAD_VIEWED",
        who=request.user,
        subject_type="USER",
        subject_id=username,
        details={"cases": cases},
    )


def bookings_submitted(bookings: Sequence[Booking]) -> None:
    """Record that somebody confirmed an appointment and its repeats, in the transaction that writes them."""
    for booking in bookings:
        booking_moved(booking, before="", to=BookingState.SUBMITTED)


def booking_moved(booking: Booking, *, before: str, to: BookingState, by: Any = None) -> None:
    """Record a change of a booking's state, in the transaction that makes it; `by` is the user who decided it."""
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
    """Record that the NSI of a booking that came to nothing was withdrawn, in the name of whoever confirmed it."""
    record(
        what="NSI_WITHDRAWN",
        who=booking.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={"booking": str(booking.id), "nsi": booking.nsi_id},
    )


def booking_resumed(booking: Booking) -> None:
    """Record that a worker takes a booking up, in the name of whoever confirmed it."""
    record(
        what="BOOKING_RESUMED",
        who=booking.user,
        subject_type="CRN",
        subject_id=booking.crn,
        details={"booking": str(booking.id), "tries": booking.tries},
    )


def booking_looked_up(request: HttpRequest, booking: Booking) -> None:
    """Record that somebody looked at a booking in the administration."""
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
