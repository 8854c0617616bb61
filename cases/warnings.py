"""Warnings about the days of an appointment. They do not prevent booking."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from cases.bank_holidays import bank_holiday
from cases.presenters.appointment_types import FEATURED_NAMES
from delius.errors import DeliusError
from delius.records import Appointment
from govuk.formats import LONDON, clock, from_to, long_date

SATURDAY = 5
# The start and end of an appointment, in Europe/London.
Times = tuple[datetime, datetime]


@dataclass(frozen=True)
class Warnings:
    """Warnings about the days of an appointment and its repeats, and the appointments that it overlaps."""

    texts: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()


def warnings(times: Sequence[Times], *, first_name: str, read_coming: Callable[[], Iterable[Appointment]]) -> Warnings:
    """Return the warnings about the times of an appointment and its repeats, in order of date.

    `read_coming` reads the person's coming appointments; where it raises DeliusError, a warning says so.
    """
    days = [start.date() for start, _ in times]
    unusual = _of_days(days)
    try:
        coming = list(read_coming())
    except DeliusError:
        unknown = f"We cannot see whether {first_name} has another appointment then"
        return Warnings(texts=(*unusual, unknown))
    overlapping = [each for each in coming if _overlaps(each, times)]
    same_day = [each for each in coming if each.start.date() in days and each not in overlapping]
    return Warnings(
        texts=(*unusual, *(f"{first_name} already has an appointment on {_at(each)}" for each in same_day)),
        overlaps=tuple(_span(each) for each in overlapping),
    )


def _overlaps(appointment: Appointment, times: Iterable[Times]) -> bool:
    """By Delius's rule (RULES.md, *Appointments*): not where they abut, nor with one that has an outcome."""
    ends = appointment.end or appointment.start
    return appointment.outcome is None and any(appointment.start < end and start < ends for start, end in times)


def _of_days(days: Iterable[date]) -> list[str]:
    found: list[str] = []
    for day in days:
        if holiday := bank_holiday(day):
            found.append(f"{long_date(day)} is a bank holiday: {holiday}")
        elif day.weekday() >= SATURDAY:
            found.append(f"{long_date(day)} is at the weekend")
        if change := _clock_change(day):
            found.append(f"The clocks go {change} on {long_date(day)}")
    return found


def _at(appointment: Appointment) -> str:
    start = appointment.start
    return _with_type(f"{long_date(start.date())} at {clock(start.time())}", appointment)


def _span(appointment: Appointment) -> str:
    start, end = appointment.start, appointment.end
    if end is None:
        return _at(appointment)
    return _with_type(f"{long_date(start.date())} from {from_to(start.time(), end.time())}", appointment)


def _with_type(text: str, appointment: Appointment) -> str:
    kind = FEATURED_NAMES.get(appointment.type.code, appointment.type.description)
    return f"{text}: {kind}" if kind else text


def _clock_change(day: date) -> str:
    before = datetime.combine(day, time.min, tzinfo=LONDON).utcoffset()
    after = datetime.combine(day, time(23, 59), tzinfo=LONDON).utcoffset()
    if before == after or before is None or after is None:
        return ""
    return "forward" if after > before else "back"
