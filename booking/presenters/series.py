"""Presenter of an appointment and its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from booking.formats import LONDON, from_to, long_date
from booking.models import Booking, BookingState
from booking.presenters.links import booking_url
from delius.records import Case

OUTCOMES = {
    BookingState.BOOKED: ("Arranged", "green"),
    BookingState.REFUSED: ("Not arranged", "red"),
    BookingState.CANCELLED: ("Not arranged", "grey"),
    BookingState.NEEDS_ATTENTION: ("We are finding out", "orange"),
    BookingState.SETTLED: ("Settled in Delius", "grey"),
}


@dataclass(frozen=True)
class SeriesRow:
    """One appointment of the series; `again_url` is empty unless it can be arranged for another time."""

    day: str
    times: str
    outcome: str
    colour: str
    reason: str
    again_url: str


@dataclass(frozen=True)
class Series:
    """The content of the page of a series."""

    heading: str
    type_name: str
    rows: list[SeriesRow]
    url: str
    under_way: bool
    all_arranged: bool
    may_cancel: bool
    where: str
    toolkit: str
    first_name: str
    phone_number: str


def series(bookings: Sequence[Booking], person: Case, *, may_cancel: bool) -> Series:
    """Return the content of the page of a series; `bookings` are in order of date."""
    first = bookings[0]
    arranged = sum(booking.state == BookingState.BOOKED for booking in bookings)
    under_way = any(booking.is_under_way for booking in bookings)
    if under_way:
        heading = "We’re still saving these appointments"
    elif arranged == len(bookings):
        heading = "Appointments arranged"
    else:
        heading = f"{arranged} of {len(bookings)} appointments arranged"
    return Series(
        heading=heading,
        type_name=first.type_name,
        rows=[_row(booking) for booking in bookings],
        url=booking_url(first),
        under_way=under_way,
        all_arranged=arranged == len(bookings),
        may_cancel=may_cancel,
        where=first.office_name,
        toolkit=next((each.toolkit_name for each in bookings if each.toolkit_name), ""),
        first_name=person.name.familiar,
        phone_number=person.phone_number,
    )


def _row(booking: Booking) -> SeriesRow:
    start, end = booking.start.astimezone(LONDON), booking.end.astimezone(LONDON)
    outcome, colour = OUTCOMES.get(BookingState(booking.state), ("Saving", "blue"))
    again = booking.state in {BookingState.REFUSED, BookingState.CANCELLED}
    return SeriesRow(
        day=long_date(start.date()),
        times=from_to(start.time(), end.time()),
        outcome=outcome,
        colour=colour,
        reason=booking.reason,
        again_url=reverse("booking:arrange-again", args=[booking.crn, booking.id]) if again else "",
    )
