"""An appointment in words, and rows of answers."""

from dataclasses import dataclass
from datetime import datetime

from cases.presenters.appointment_types import type_name
from delius.records import Appointment
from govuk.formats import LONDON, clock, from_to, long_date


@dataclass(frozen=True)
class AnswerRow:
    """An answer, or what stays as it is; `change_url` is empty for what cannot be changed."""

    key: str
    value: str
    change_url: str = ""


def place_of(appointment: Appointment) -> str:
    """Return what an appointment is, when and where, in one line."""
    office = f", {appointment.office.description}" if appointment.office and appointment.office.description else ""
    return f"{type_name(appointment.type)}, {when_of(appointment.start, appointment.end)}{office}"


def when_of(start: datetime, end: datetime | None) -> str:
    """Return a day and times such as *Monday 4 January 2027, 9am to 10am*."""
    start, end = start.astimezone(LONDON), end and end.astimezone(LONDON)
    return f"{long_date(start.date())}, {times_of(start, end)}"


def times_of(start: datetime, end: datetime | None) -> str:
    """Return times such as *9am to 10am*, of moments in Europe/London; the start alone without an end."""
    return from_to(start.time(), end.time()) if end else clock(start.time())
