"""Presenter of RAR days: a bar and its words, and the pace that the days left need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from delius.records import Requirement
from delius.selectors import RarRequirement
from govuk.formats import counted, short_date

DAYS_UNIT = "days"
WEEK = 7


@dataclass(frozen=True)
class Segment:
    """A part of the bar, with its place in days and its words. `part` names its colour."""

    part: str
    text: str
    days: int
    start: int


@dataclass(frozen=True)
class RarDaysBar:
    """The bar of a requirement, of `total` days.

    `ordered` is where the days ordered end, None where that is the bar's end or not known. `notes` are sentences
    beneath it. `element_id` is unique on the page.
    """

    segments: list[Segment]
    total: int
    ordered: int | None = None
    heading: str = "RAR days"
    element_id: str = "rar-days"
    warning: str = ""
    notes: tuple[str, ...] = ()
    at_risk: bool = False
    toolkit_name: str = ""
    toolkit_slug: str = ""


def segments(*parts: tuple[str, str, int]) -> list[Segment]:
    """Return segments from their part, words and days, one after the other."""
    found: list[Segment] = []
    for part, text, days in parts:
        found.append(Segment(part=part, text=text, days=days, start=sum(each.days for each in found)))
    return found


def bar_of(parts: Sequence[Segment], *, ordered: int | None) -> RarDaysBar:
    """Return a bar as long as the days ordered, or as all of its segments where those are more."""
    counted_days = sum(each.days for each in parts)
    is_over = ordered is not None and counted_days > ordered
    return RarDaysBar(segments=list(parts), total=max(ordered or 0, counted_days), ordered=ordered if is_over else None)


def completed_of(completed: int, ordered: int | None, *, requirement: Requirement | None = None) -> str:
    """Return how many days are completed of those ordered; or what was ordered instead of days, if Delius says so."""
    done = f"{counted(completed, 'day')} completed"
    if ordered is not None:
        return f"{done} of {counted(ordered, 'day')} ordered"
    length = ordered_length(requirement) if requirement else ""
    if length:
        return f"{done}. The court ordered {length}, so we cannot say how many days are left"
    return f"{done}. Delius does not say how many were ordered"


def ordered_length(requirement: Requirement) -> str:
    """Return a length that is not in days, such as *12 weeks*; empty for one in days, and where there is none."""
    unit = requirement.length_unit.casefold()
    if not requirement.length or not unit or unit == DAYS_UNIT:
        return ""
    return counted(requirement.length, unit.removesuffix("s"))


def budget(found: RarRequirement, *, today: date) -> RarDaysBar:
    """Return the bar of a requirement's days: completed, booked and left, with the end of the order and the pace."""
    days = found.days
    parts = [
        ("completed", completed_of(days.completed, days.ordered, requirement=found.requirement), days.completed),
        ("booked", f"{counted(days.booked, 'day')} booked", days.booked),
    ]
    if days.left is not None:
        parts.append(("left", f"{counted(days.left, 'day')} left", days.left))
    bar = bar_of(segments(*parts), ordered=days.ordered)
    over = 0 if days.ordered is None else max(days.completed + days.booked - days.ordered, 0)
    warning = f"{counted(over, 'day')} more than the court ordered {'is' if over == 1 else 'are'} completed or booked"
    return RarDaysBar(
        segments=bar.segments,
        total=bar.total,
        ordered=bar.ordered,
        warning=warning if over else "",
        notes=tuple(filter(None, (_end(days.ends_on, today=today), pace(days.left, days.ends_on, today=today)))),
        at_risk=bool(days.at_risk),
    )


def pace(left: int | None, ends_on: date | None, *, today: date) -> str:
    """Return the pace that the days left need, such as *8 days left and 11 weeks: about 1 session every 10 days*.

    The pace is the days from today until the order ends, divided by the RAR days left. Empty where either is not known,
    nothing is left, or the order has ended.
    """
    if left is None or ends_on is None or not left or ends_on <= today:
        return ""
    until = (ends_on - today).days
    time_left = counted(until // WEEK, "week") if until >= 2 * WEEK else counted(until, "day")
    have = f"{counted(left, 'day')} left and {time_left}"
    if left > until:
        return f"{have}: more RAR days are left than there are days until the order ends"
    every = round(until / left)
    return f"{have}: about 1 session {'every day' if every == 1 else f'every {every} days'}"


def _end(ends_on: date | None, *, today: date) -> str:
    if ends_on is None:
        return "Delius does not say when the order ends"
    return f"The order {'ends' if ends_on > today else 'ended'} on {short_date(ends_on)}"
