"""Presenter of the RAR days bar."""

from dataclasses import dataclass

from booking.journey.rar_days import RarDays
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class RarDaysBar:
    """The text of the bar, and its segments in days: completed, booked ahead, this booking, of `total`."""

    sentences: list[str]
    warning: str
    toolkit_name: str
    toolkit_slug: str
    completed: int
    ahead: int
    added: int
    total: int


def rar_days_bar(days: RarDays, toolkit: ToolkitChoice) -> RarDaysBar:
    """Return the bar of a requirement's RAR days, for a session of a toolkit."""
    added = days.added or 0
    counted = days.completed + days.booked + added
    ordered = ". Delius does not say how many were ordered"
    if days.ordered is not None:
        ordered = f" of {_days(days.ordered)} ordered"
    sentences = [f"{_days(days.completed)} completed{ordered}"]
    sentences.append(f"{_days(days.booked)} already booked ahead")
    if days.added is None:
        sentences.append("We cannot see which days at the moment, nor what this booking adds")
    else:
        sentences.append(f"{_days(added)} added by this booking")
    warning = ""
    if days.beyond:
        warning = f"This goes {_days(days.beyond)} past what the court ordered"
    return RarDaysBar(
        sentences=sentences,
        warning=warning,
        toolkit_name=toolkit.name,
        toolkit_slug=toolkit.slug,
        completed=days.completed,
        ahead=days.booked,
        added=added,
        total=max(days.ordered or 0, counted),
    )


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"
