"""Presenter of the RAR days of *Check your answers*."""

from dataclasses import replace

from booking.journey.rar_days import RarDays
from cases.presenters.rar_days import RarDaysBar, bar_of, completed_of, segments
from govuk.formats import counted
from toolkits.selectors import ToolkitChoice


def rar_days_bar(days: RarDays, toolkit: ToolkitChoice) -> RarDaysBar:
    """Return the bar of a requirement's RAR days, for a session of a toolkit."""
    adds = "We cannot see which days at the moment, nor what this booking adds"
    if days.added is not None:
        adds = f"{counted(days.added, 'day')} added by this booking"
    parts = segments(
        ("completed", completed_of(days.completed, days.ordered, requirement=days.requirement), days.completed),
        ("booked", f"{counted(days.booked, 'day')} already booked ahead", days.booked),
        ("added", adds, days.added or 0),
    )
    warning = ""
    if days.beyond:
        warning = f"This goes {counted(days.beyond, 'day')} past what the court ordered. You can still confirm it"
    return replace(
        bar_of(parts, ordered=days.ordered),
        warning=warning,
        toolkit_name=toolkit.name,
        toolkit_slug=toolkit.slug,
    )
