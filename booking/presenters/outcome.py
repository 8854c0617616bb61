"""Presenter of a booking."""

from dataclasses import dataclass

from django.urls import reverse

from booking.formats import LONDON, from_to, long_date
from booking.models import Booking
from booking.presenters.links import booking_url
from delius.records import Case


@dataclass(frozen=True)
class Confirmation:
    """The content of the page of a booking."""

    type_name: str
    when: str
    where: str
    toolkit: str
    first_name: str
    phone_number: str
    url: str
    outcome_unknown: bool
    may_cancel: bool
    reason: str
    change_url: str


def confirmation(booking: Booking, person: Case, *, may_cancel: bool = False) -> Confirmation:
    """Return the content of the page of a booking."""
    start, end = booking.start.astimezone(LONDON), booking.end.astimezone(LONDON)
    return Confirmation(
        type_name=booking.type_name,
        when=f"{long_date(start.date())} from {from_to(start.time(), end.time())}",
        where=booking.office_name,
        toolkit=booking.toolkit_name,
        first_name=person.name.familiar,
        phone_number=person.phone_number,
        url=booking_url(booking),
        outcome_unknown=booking.sent_at is not None,
        may_cancel=may_cancel,
        reason=booking.reason,
        change_url=f"{reverse('booking:step', args=[booking.crn, booking.refused_step])}?change=1"
        if booking.refused_step
        else "",
    )
