"""Formatting of dates and times in GOV.UK style, and parsing of typed times."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from govuk.text_cleaning import clean_text

LONDON = ZoneInfo("Europe/London")

_TYPED_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.,;h-]?(?P<minute>\d{2}))?(?P<half>am|pm)?", re.ASCII)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def long_date(day: date) -> str:
    """Return a date such as *Tuesday 4 October 2022*."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def short_date(day: date) -> str:
    """Return a date such as *4 October 2022*."""
    return f"{day.day} {day:%B} {day.year}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as *1 day* and *2,000 days*; `plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def clock(at: time) -> str:
    """Return a time such as *9am*, *9:30am* or *midday*."""
    if at == time(12):
        return "midday"
    if at == time(0):
        return "midnight"
    hour = at.hour % 12 or 12
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"


def from_to(start: time, end: time) -> str:
    """Return a span such as *9am to 9:30am*."""
    return f"{clock(start)} to {clock(end)}"


def parse_time(typed: str) -> time | None:
    """Parse a typed time (`9`, `9am`, `9.30 a.m.`, `9-30`, `09:30`, `1pm`, `12 noon`); None for other text.

    A number alone is read on the 24-hour clock: `9` is 9am and `13` is 1pm. `pm_reading` has what else it may mean.
    """
    text = _compact(typed)
    if text.removeprefix("12") in _NAMED_TIMES:
        return _NAMED_TIMES[text.removeprefix("12")]
    found = _TYPED_TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        return None
    return time(hour, minute)


def pm_reading(typed: str) -> time | None:
    """Return the afternoon that a time typed as on a clock's face may mean (`2` and `2.30`, not `2am` or `02:00`)."""
    at, found = parse_time(typed), _TYPED_TIME.fullmatch(_compact(typed))
    if at is None or not found or found["half"] or found["hour"].startswith("0") or at.hour >= 12:
        return None
    return at.replace(hour=at.hour + 12)


def _compact(typed: str) -> str:
    text = re.sub(r"\s", "", clean_text(typed).lower())
    return re.sub(r"([ap])\.?m\.?$", r"\1m", text)


def clock_after(now: datetime, *, seconds: float) -> str:
    """Return the first whole minute in London after some seconds, such as *2:31pm*."""
    at = (now + timedelta(seconds=seconds)).astimezone(LONDON)
    return clock((at.replace(second=0, microsecond=0) + timedelta(minutes=1)).time())


def in_london(day: date, at: time) -> datetime:
    """Return a local date and time in London as an aware datetime."""
    return datetime.combine(day, at, tzinfo=LONDON)


def exists_in_london(day: date, at: time) -> bool:
    """Return whether a local time exists in London on a day: one hour does not when the clocks go forward."""
    moment = in_london(day, at)
    return moment.astimezone(UTC).astimezone(LONDON).time() == at
