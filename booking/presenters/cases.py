"""*Your cases*."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from booking.formats import LONDON, clock, long_date
from booking.journey.situation import FEATURED_NAMES
from booking.models import Booking, BookingState
from booking.presenters.links import booking_url
from booking.services.states import UNDER_WAY
from delius.records import Contact
from delius.selectors import CaseloadPerson


@dataclass(frozen=True)
class CaseRow:
    """A line of *Your cases*."""

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
    """A line about a booking that is not settled, or whose outcome nobody has looked at."""

    text: str
    url: str


def case_row(
    person: CaseloadPerson,
    *,
    has_draft: bool,
    may_arrange: bool,
    under_way: Booking | None = None,
    appointments: Mapping[str, Contact | None] | None = None,
) -> CaseRow:
    """Return the line of one person on probation on *Your cases*.

    Somebody who may not arrange appointments is offered the schedule alone. `under_way` is a booking that is being
    saved; `appointments` the next ones by CRN, where the list shows them.
    """
    if person.access_message:
        return CaseRow(crn=person.crn, message=person.access_message)
    row = CaseRow(
        crn=person.crn,
        name=person.name,
        rar_days=_rar_days(person),
        arrange_url=reverse("booking:start", args=[person.crn]),
        arrange_text="Continue arranging" if has_draft else "Arrange an appointment",
        discard_url=reverse("booking:discard", args=[person.crn]) if has_draft else "",
        schedule_url=reverse("booking:schedule", args=[person.crn]),
        next_appointment="" if appointments is None else next_appointment(person.crn, appointments),
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


def next_appointment(crn: str, appointments: Mapping[str, Contact | None]) -> str:
    """Return when somebody's next appointment is, and what."""
    if crn not in appointments:
        return "Not available at the moment"
    contact = appointments[crn]
    if contact is None or contact.start is None:
        return "None arranged"
    kind = FEATURED_NAMES.get(contact.type_code, contact.type_description)
    at = f"{long_date(contact.start.date())} at {clock(contact.start.time())}"
    return f"{at}: {kind}" if kind else at


def news_of(bookings: Sequence[Booking]) -> list[News]:
    """Return the lines of *Your cases* about bookings, one for each series."""
    by_series: dict[uuid.UUID, list[Booking]] = {}
    for booking in bookings:
        by_series.setdefault(booking.series_id or booking.id, []).append(booking)
    return [_series_news(group) if len(group) > 1 else _news(group[0]) for group in by_series.values()]


def _series_news(bookings: Sequence[Booking]) -> News:
    first = bookings[0]
    waiting = sum(booking.state in UNDER_WAY for booking in bookings)
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


def _rar_days(person: CaseloadPerson) -> str:
    if person.unavailable:
        return "Not available at the moment"
    if not person.rar:
        return "No active RAR requirement"
    return "; ".join(_days(completed, ordered) for completed, ordered in person.rar)


def _days(completed: int, ordered: int | None) -> str:
    return f"{completed} days completed" if ordered is None else f"{completed} of {ordered} days completed"
