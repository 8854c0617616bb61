"""The dates on which an appointment repeats."""

import calendar
from datetime import date, timedelta

MAX_REPEATS = 26
MONTHLY = "month"
WEEKS = {"week": 1, "fortnight": 2, "four-weeks": 4}
FREQUENCIES = (
    ("week", "Every week"),
    ("fortnight", "Every 2 weeks"),
    ("four-weeks", "Every 4 weeks"),
    (MONTHLY, "Every month"),
)


def repeat_dates(first: date, *, frequency: str, number: int) -> tuple[date, ...]:
    """Return the dates of `number` repeats of an appointment on `first`, that one not included.

    Every month means the same day of the month, or the last day of a month that is shorter: from 31 January come
    28 February and 31 March.
    """
    if frequency == MONTHLY:
        return tuple(_months_later(first, months) for months in range(1, number + 1))
    return tuple(first + timedelta(weeks=WEEKS[frequency] * times) for times in range(1, number + 1))


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
