"""*Your cases*."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from booking.formats import LONDON, long_date
from booking.models import Booking, BookingState
from booking.presenters.links import booking_url
from booking.services.states import UNDER_WAY
from delius.selectors import CaseloadPerson


@dataclass(frozen=True)
class CaseRow:
    """A line of *Your cases*."""

    crn: str
    name: str
    rar_days: str
    message: str
    arrange_url: str
    arrange_text: str
    discard_url: str
    schedule_url: str


@dataclass(frozen=True)
class News:
    """A line about a booking that is not settled, or whose outcome nobody has looked at."""

    text: str
    url: str


def case_row(person: CaseloadPerson, *, has_draft: bool, under_way: Booking | None = None) -> CaseRow:
    """Return the line of one person on probation on *Your cases*; `under_way` is a booking that is being saved."""
    if under_way and not person.access_message:
        return CaseRow(
            crn=person.crn,
            name=person.name,
            rar_days=_rar_days(person),
            message="",
            arrange_url=booking_url(under_way),
            arrange_text="See the appointment we’re saving",
            discard_url="",
            schedule_url=reverse("booking:schedule", args=[person.crn]),
        )
    return CaseRow(
        crn=person.crn,
        name=person.name if not person.access_message else "",
        rar_days=_rar_days(person),
        message=person.access_message or "",
        arrange_url="" if person.access_message else reverse("booking:start", args=[person.crn]),
        arrange_text="Continue arranging" if has_draft else "Arrange an appointment",
        discard_url=reverse("booking:discard", args=[person.crn]) if has_draft else "",
        schedule_url="" if person.access_message else reverse("booking:schedule", args=[person.crn]),
    )


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
    if person.access_message:
        return ""
    if person.unavailable:
        return "Not available at the moment"
    if not person.rar:
        return "No active RAR requirement"
    return "; ".join(_days(completed, ordered) for completed, ordered in person.rar)


def _days(completed: int, ordered: int | None) -> str:
    return f"{completed} days completed" if ordered is None else f"{completed} of {ordered} days completed"
