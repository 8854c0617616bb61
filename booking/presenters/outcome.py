"""Presenter of a booking."""

from dataclasses import dataclass

from booking.journey.steps import Step
from booking.models import Booking
from booking.presenters.about import about
from booking.presenters.links import booking_url, step_url
from cases.presenters.phone_numbers import PhoneNumber, phone_numbers
from delius.records import Case
from govuk.formats import LONDON, from_to, long_date

# What the answer to a question is called in a sentence. Delius may refuse each of these.
ANSWERS = {
    "team": "the team",
    "type": "the type of appointment",
    "rar": "whether it counts towards RAR",
    "requirement": "the RAR requirement",
    "toolkit": "the RAR toolkit",
    "where": "the location",
    "when": "the date and time",
    "notes": "the notes",
}


@dataclass(frozen=True)
class Confirmation:
    """The content of the page of a booking. `next_id` is the appointment that the next session would follow, if any.

    `may_have_moved` is False when it is shown for the first time, straight after it was arranged.
    """

    type_name: str
    when: str
    about: list[str]
    first_name: str
    phone_numbers: list[PhoneNumber]
    url: str
    outcome_unknown: bool
    may_cancel: bool
    reason: str
    change_url: str
    change_text: str
    next_id: int | None
    may_have_moved: bool


def confirmation(
    booking: Booking, person: Case, *, may_cancel: bool = False, to_change: Step | None = None
) -> Confirmation:
    """Return the content of the page of a booking; `to_change` is the question whose answer was refused, if any."""
    start, end = booking.start.astimezone(LONDON), booking.end.astimezone(LONDON)
    return Confirmation(
        type_name=booking.type_name,
        when=f"{long_date(start.date())} from {from_to(start.time(), end.time())}",
        about=about([booking], person),
        first_name=person.name.familiar,
        phone_numbers=phone_numbers(person),
        url=booking_url(booking),
        outcome_unknown=booking.sent_at is not None,
        may_cancel=may_cancel,
        reason=booking.reason,
        change_url=f"{step_url(booking.crn, to_change)}?change=1" if to_change else "",
        change_text=f"Change {ANSWERS[to_change.slug]}" if to_change else "",
        next_id=booking.appointment_id,
        may_have_moved=booking.outcome_seen_at is not None,
    )
