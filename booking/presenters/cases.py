"""Presenter of *Your cases*."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from booking.formats import LONDON, clock, long_date
from booking.journey.situation import FEATURED_NAMES
from booking.models import Booking, BookingState
from booking.presenters.links import booking_url
from delius import records
from delius.errors import LIMITED_ACCESS
from delius.records import AppointmentSummary, RarDays


@dataclass(frozen=True)
class CaseRow:
    """A row of *Your cases*."""

    crn: str
    name: str = ""
    rar_days: str = ""
    message: str = ""
    arrange_url: str = ""
    arrange_text: str = ""
    discard_url: str = ""
    schedule_url: str = ""
    next_appointment: str = ""


@dataclass(frozen=True)
class News:
    """A notification about a booking under way, or whose outcome has not been seen."""

    text: str
    url: str


def case_row(case: records.CaseRow, *, has_draft: bool, may_arrange: bool, under_way: Booking | None = None) -> CaseRow:
    """Return the row of one person on probation.

    A user who may not arrange appointments is offered the schedule alone. `under_way` is a booking of the case that is
    under way.
    """
    if case.access.limited:
        return CaseRow(crn=case.crn, message=case.access.message or LIMITED_ACCESS)
    row = CaseRow(
        crn=case.crn,
        name=case.name.full if case.name else "",
        rar_days="; ".join(_days(each) for each in case.rar_requirements) or "No active RAR requirement",
        arrange_url=reverse("booking:start", args=[case.crn]),
        arrange_text="Continue arranging" if has_draft else "Arrange an appointment",
        discard_url=reverse("booking:discard", args=[case.crn]) if has_draft else "",
        schedule_url=reverse("booking:schedule", args=[case.crn]),
        next_appointment=_next_appointment(case.next_appointment),
    )
    if not may_arrange:
        return replace(row, arrange_url="", discard_url="")
    if under_way:
        return replace(
            row,
            arrange_url=booking_url(under_way),
            arrange_text="See the appointment we’re saving",
            discard_url="",
        )
    return row


def news_of(bookings: Sequence[Booking]) -> list[News]:
    """Return the notifications about bookings, one for each series."""
    by_series: dict[uuid.UUID, list[Booking]] = {}
    for booking in bookings:
        by_series.setdefault(booking.series_id or booking.id, []).append(booking)
    return [_series_news(group) if len(group) > 1 else _news(group[0]) for group in by_series.values()]


def _series_news(bookings: Sequence[Booking]) -> News:
    first = bookings[0]
    waiting = sum(booking.is_under_way for booking in bookings)
    text = f"See what became of {len(bookings)} appointments for {first.crn}"
    if waiting:
        text = f"We’re still saving {waiting} {'appointment' if waiting == 1 else 'appointments'} for {first.crn}"
    return News(text, booking_url(first))


def _news(booking: Booking) -> News:
    on = f"{booking.crn} on {long_date(booking.start.astimezone(LONDON).date())}"
    text = {
        BookingState.NEEDS_ATTENTION: f"Our support team is finding out what became of the appointment for {on}",
        BookingState.BOOKED: f"The appointment for {on} has been arranged",
        BookingState.REFUSED: f"The appointment for {on} was not arranged",
        BookingState.SETTLED: f"Our support team has settled the appointment for {on} in Delius",
    }.get(BookingState(booking.state), f"We’re still saving the appointment for {on}")
    return News(text, booking_url(booking))


def _next_appointment(appointment: AppointmentSummary | None) -> str:
    if appointment is None:
        return "None arranged"
    kind = FEATURED_NAMES.get(appointment.type.code) or appointment.type.description
    at = f"{long_date(appointment.start.date())} at {clock(appointment.start.time())}"
    return f"{at}: {kind}" if kind else at


def _days(rar: RarDays) -> str:
    number = rar.completed if rar.ordered is None else rar.ordered
    of = "" if rar.ordered is None else f" of {rar.ordered}"
    return f"{rar.completed}{of} {'day' if number == 1 else 'days'} completed"
