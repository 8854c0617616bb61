"""Formatting of dates and times in GOV.UK style, and parsing of typed times and text."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

# Control characters other than tab and new line, bidirectional marks, byte order marks: Delius, its reports and its
# searches do not expect them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TYPED_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.\s]?(?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.ASCII)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def plain_text(typed: str) -> str:
    """Return text without invisible characters, and with line breaks normalised to one character."""
    return _INVISIBLE.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))


def long_date(day: date) -> str:
    """Return a date such as *Tuesday 4 October 2022*."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def short_date(day: date) -> str:
    """Return a date such as *4 October 2022*."""
    return f"{day.day} {day:%B} {day.year}"


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
    """Parse a typed time (`9`, `9am`, `9.30`, `09:30`, `1pm`, `noon`); None for other text.

    A number alone is read on the 24-hour clock: `9` is 9am and `13` is 1pm.
    """
    text = typed.strip().lower().replace(" ", "")
    if text in _NAMED_TIMES:
        return _NAMED_TIMES[text]
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
