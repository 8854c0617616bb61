"""Bank holidays of England and Wales: GOV.UK's list while it reaches, and the rules of the law after that."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter
from dateutil.relativedelta import MO, relativedelta
from govuk_bank_holidays.bank_holidays import BankHolidays

# How long before the end of GOV.UK's list it is to be renewed.
RENEW_BEFORE = relativedelta(months=3)
SATURDAY, SUNDAY = 5, 6
DAY = timedelta(days=1)


def bank_holiday(day: date) -> str:
    """Return the name of the bank holiday on a day; empty for none.

    After the end of the list, a holiday that is moved or added for one year by proclamation is not known.
    """
    known = _listed() if day <= list_ends_on() else dict(_computed(day.year))
    return known.get(day, "")


def list_ends_on() -> date:
    """Return the last day of the last year of GOV.UK's list."""
    return date(max(_listed()).year, 12, 31)


def is_to_be_renewed(today: date) -> bool:
    """Return whether GOV.UK's list ends within three months."""
    return today >= list_ends_on() - RENEW_BEFORE


@cache
def _listed() -> dict[date, str]:
    """The list, from the library's own data: no request is made."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return {each["date"]: str(each["title"]) for each in known}


def _computed(year: int) -> Iterator[tuple[date, str]]:
    """Yield the bank holidays of a year by the Banking and Financial Dealings Act 1971, and the customary ones."""
    christmas, new_year = date(year, 12, 25), date(year, 1, 1)
    yield _not_at_the_weekend(new_year), "New Year’s Day"
    yield easter(year) - 2 * DAY, "Good Friday"
    yield easter(year) + DAY, "Easter Monday"
    yield date(year, 5, 1) + relativedelta(weekday=MO(1)), "Early May bank holiday"
    yield date(year, 5, 31) + relativedelta(weekday=MO(-1)), "Spring bank holiday"
    yield date(year, 8, 31) + relativedelta(weekday=MO(-1)), "Summer bank holiday"
    # Where both are moved, and where Christmas is a Sunday, Christmas has the day after the next working day's.
    yield christmas + {SATURDAY: 2 * DAY, SUNDAY: 2 * DAY}.get(christmas.weekday(), 0 * DAY), "Christmas Day"
    yield christmas + {4: 3 * DAY, SATURDAY: 3 * DAY}.get(christmas.weekday(), DAY), "Boxing Day"


def _not_at_the_weekend(day: date) -> date:
    return day + {SATURDAY: 2 * DAY, SUNDAY: DAY}.get(day.weekday(), 0 * DAY)
