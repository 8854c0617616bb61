"""Presenter of *Your cases*."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from booking.models import Booking, BookingState
from booking.presenters.links import booking_url
from cases.presenters.appointment_types import FEATURED_NAMES
from cases.presenters.distinguishing import Described, distinct_names
from cases.presenters.links import case_url
from delius import records
from delius.errors import LIMITED_ACCESS
from delius.records import AppointmentSummary, RarDays
from govuk.formats import LONDON, clock, counted, long_date, short_date


@dataclass(frozen=True)
class CaseRow:
    """A row of *Your cases*. `url` is that of the person's page; `arrange_about` goes on where `arrange_text` ends."""

    crn: str
    name: str = ""
    url: str = ""
    rar_days: str = ""
    at_risk: bool = False
    to_record: str = ""
    message: str = ""
    arrange_url: str = ""
    arrange_text: str = ""
    arrange_about: str = ""
    discard_url: str = ""
    next_appointment: str = ""


@dataclass(frozen=True)
class News:
    """A notification about a booking under way, or whose outcome has not been seen."""

    text: str
    url: str


def case_row(case: records.CaseRow, *, has_draft: bool, may_arrange: bool, under_way: Booking | None = None) -> CaseRow:
    """Return the row of one person on probation.

    A user who may not arrange appointments is offered the person's page alone. `under_way` is a booking of the case
    that is under way.
    """
    if case.access.limited:
        return CaseRow(crn=case.crn, message=case.access.message or LIMITED_ACCESS)
    waiting = case.appointments_without_outcome
    row = CaseRow(
        crn=case.crn,
        name=case.name.full if case.name else "",
        url=case_url("appointments:person", case.crn),
        rar_days="; ".join(_days(each) for each in case.rar_requirements) or "No active RAR requirement",
        at_risk=any(each.at_risk for each in case.rar_requirements),
        to_record=f"{counted(waiting, 'outcome')} to record" if waiting else "",
        arrange_url=case_url("booking:start", case.crn),
        arrange_text="Continue" if has_draft else "Arrange",
        arrange_about="arranging" if has_draft else "an appointment",
        discard_url=case_url("booking:discard", case.crn) if has_draft else "",
        next_appointment=_next_appointment(case.next_appointment),
    )
    if not may_arrange:
        return replace(row, arrange_url="", discard_url="")
    if under_way:
        return replace(
            row,
            arrange_url=booking_url(under_way),
            arrange_text="See appointment",
            arrange_about="that we’re saving",
            discard_url="",
        )
    return row


def told_apart(rows: Iterable[CaseRow], cases: Iterable[records.CaseRow]) -> list[CaseRow]:
    """Return the rows of cases with people of one name told apart by when they were born, or by their CRN."""
    people = {each.crn: Described(each.name.full, [_born(each), each.crn]) for each in cases if each.name}
    names = distinct_names({crn: each for crn, each in people.items() if each.name}, noun="person")
    return [replace(row, name=names.get(row.crn, row.name)) for row in rows]


def _born(case: records.CaseRow) -> str:
    return f"born {short_date(case.date_of_birth)}" if case.date_of_birth else ""


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
        text = f"We’re still saving {counted(waiting, 'appointment')} for {first.crn}"
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
    if rar.ordered is None:
        return f"{counted(rar.completed, 'day')} completed"
    return f"{rar.completed} of {counted(rar.ordered, 'day')} completed"
