"""What somebody may want to know of a day before they book on it. Nothing here stops them."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from booking.formats import LONDON, clock, long_date
from booking.journey.answers import Answers
from booking.journey.situation import FEATURED_NAMES, Situation
from delius.errors import DeliusError
from delius.records import Contact

SATURDAY = 5


def warnings(answers: Answers, situation: Situation) -> list[str]:
    """Return, day by day, what is unusual about the days of an appointment and its repeats."""
    if not answers.day:
        return []
    days = (answers.day, *answers.repeat_days)
    try:
        coming = situation.coming_appointments
    except DeliusError:
        unknown = f"We cannot see whether {situation.first_name} has another appointment then"
        return [*_of_days(days), unknown]
    return [*_of_days(days), *_others(days, coming, situation.first_name)]


def _of_days(days: Iterable[date]) -> Iterable[str]:
    for day in days:
        if holiday := _bank_holidays().get(day):
            yield f"{long_date(day)} is a bank holiday: {holiday}"
        elif day.weekday() >= SATURDAY:
            yield f"{long_date(day)} is at the weekend"
        if change := _clock_change(day):
            yield f"The clocks go {change} on {long_date(day)}"


def _others(days: Iterable[date], coming: Iterable[Contact], first_name: str) -> Iterable[str]:
    wanted = set(days)
    for contact in sorted(coming, key=lambda each: (each.start is None, each.start)):
        if contact.start and contact.start.date() in wanted:
            kind = FEATURED_NAMES.get(contact.type_code, contact.type_description)
            at = f"{long_date(contact.start.date())} at {clock(contact.start.time())}"
            yield f"{first_name} already has an appointment on {at}{f': {kind}' if kind else ''}"


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
