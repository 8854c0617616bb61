"""Warnings about the days of an appointment. They do not prevent booking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from booking.formats import LONDON, clock, from_to, in_london, long_date
from booking.journey.answers import Answers
from booking.journey.situation import FEATURED_NAMES, Situation
from delius.errors import DeliusError
from delius.records import Appointment

SATURDAY = 5


@dataclass(frozen=True)
class Warnings:
    """Warnings about the days of an appointment and its repeats, and the appointments that it overlaps."""

    texts: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()


def warnings(answers: Answers, situation: Situation) -> Warnings:
    """Return the warnings about the days of an appointment and its repeats, in order of date."""
    if not answers.day or not answers.start_time or not answers.end_time:
        return Warnings()
    days = (answers.day, *answers.repeat_days)
    unusual = _of_days(days)
    try:
        coming = situation.upcoming_appointments
    except DeliusError:
        unknown = f"We cannot see whether {situation.first_name} has another appointment then"
        return Warnings(texts=(*unusual, unknown))
    times = [(in_london(day, answers.start_time), in_london(day, answers.end_time)) for day in days]
    overlapping = [each for each in coming if _overlaps(each, times)]
    same_day = [each for each in coming if each.start.date() in days and each not in overlapping]
    return Warnings(
        texts=(*unusual, *(f"{situation.first_name} already has an appointment on {_at(each)}" for each in same_day)),
        overlaps=tuple(_span(each) for each in overlapping),
    )


def _overlaps(appointment: Appointment, times: Sequence[tuple[datetime, datetime]]) -> bool:
    """By Delius's rule (RULES.md, *Appointments*): not where they abut, nor with one that has an outcome."""
    ends = appointment.end or appointment.start
    return appointment.outcome is None and any(appointment.start < end and start < ends for start, end in times)


def _of_days(days: Iterable[date]) -> list[str]:
    found: list[str] = []
    for day in days:
        if holiday := _bank_holidays().get(day):
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


@cache
def _bank_holidays() -> dict[date, str]:
    """The bank holidays of England and Wales, from the library's own data: no request is made."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return {each["date"]: str(each["title"]) for each in known}
