"""Presenter of an appointment and its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from booking.journey.steps import WhenStep
from booking.models import Booking, BookingState
from booking.presenters.about import about
from booking.presenters.links import booking_url
from cases.presenters.phone_numbers import PhoneNumber, phone_numbers
from delius.records import Case
from govuk.formats import LONDON, from_to, long_date

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
    again_text: str
    contact_id: int | None


@dataclass(frozen=True)
class Series:
    """The content of the page of a series. `next_id` is the appointment that the next session would follow, if any.

    `may_have_moved` is False when it is shown for the first time, straight after they were arranged.
    """

    heading: str
    type_name: str
    rows: list[SeriesRow]
    url: str
    under_way: bool
    all_arranged: bool
    may_cancel: bool
    about: list[str]
    first_name: str
    phone_numbers: list[PhoneNumber]
    next_id: int | None
    may_have_moved: bool


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
        about=about(bookings, person),
        first_name=person.name.familiar,
        phone_numbers=phone_numbers(person),
        next_id=next((each.appointment_id for each in reversed(bookings) if each.appointment_id), None),
        may_have_moved=any(booking.outcome_seen_at for booking in bookings),
    )


def _row(booking: Booking) -> SeriesRow:
    start, end = booking.start.astimezone(LONDON), booking.end.astimezone(LONDON)
    outcome, colour = OUTCOMES.get(BookingState(booking.state), ("Saving", "blue"))
    again = booking.state in {BookingState.REFUSED, BookingState.CANCELLED}
    about_an_answer = booking.refused_step not in {"", WhenStep.slug}
    return SeriesRow(
        day=long_date(start.date()),
        times=from_to(start.time(), end.time()),
        outcome=outcome,
        colour=colour,
        reason=booking.reason,
        again_url=reverse("booking:arrange-again", args=[booking.crn, booking.id]) if again else "",
        again_text="Change an answer and arrange it" if about_an_answer else "Arrange it for another time",
        contact_id=booking.appointment_id,
    )
