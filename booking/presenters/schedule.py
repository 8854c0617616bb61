"""Presenter of the schedule of a person on probation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from booking.formats import clock, from_to, long_date
from booking.journey.situation import FEATURED_NAMES
from booking.presenters.pagination import pagination
from delius.records import Appointment, CodeDescription
from delius.selectors import Schedule
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class ScheduleRow:
    """One appointment. `rar` is the toolkit, or the RAR category exactly as Delius has it.

    `toolkit` is the slug of that toolkit; empty for a category and for an NSI that is not a toolkit's.
    """

    day: str
    time: str
    kind: str
    place: str
    rar: str
    outcome: str
    sensitive: bool
    toolkit: str


@dataclass(frozen=True)
class SchedulePage:
    """The content of the schedule. `pagination` is empty for a single page."""

    coming: list[ScheduleRow]
    past: list[ScheduleRow]
    page: int
    pagination: dict[str, Any]


def schedule_page(schedule: Schedule, *, crn: str, page: int, toolkits: Iterable[ToolkitChoice] = ()) -> SchedulePage:
    """Return the content of a schedule; `page` counts from 1. NSIs are matched to `toolkits`."""
    slugs = {(each.nsi_type_code, each.nsi_sub_type_code or ""): each.slug for each in toolkits}
    return SchedulePage(
        coming=[_row(each, slugs) for each in schedule.upcoming],
        past=[_row(each, slugs) for each in schedule.past],
        page=page,
        pagination=pagination(
            reverse("booking:schedule", args=[crn]), page=page, pages=schedule.past_pages, label="Past appointments"
        ),
    )


def _row(appointment: Appointment, slugs: Mapping[tuple[str, str], str]) -> ScheduleRow:
    start, end, kind = appointment.start, appointment.end, appointment.type
    return ScheduleRow(
        day=long_date(start.date()),
        time=from_to(start.time(), end.time()) if end else clock(start.time()),
        kind=FEATURED_NAMES.get(kind.code) or kind.description or "Type not recorded",
        place=appointment.office.description if appointment.office else "",
        rar=_rar(appointment),
        outcome=appointment.outcome.description if appointment.outcome else "",
        sensitive=appointment.sensitive,
        toolkit=_toolkit(appointment, slugs),
    )


def _rar(appointment: Appointment) -> str:
    nsi, old = appointment.nsi, appointment.old_rar_category
    if nsi:
        return _in_words(nsi.type, nsi.sub_type)
    if old:
        return _in_words(old.category, old.sub_category)
    return "Counts towards RAR" if appointment.counts_towards_rar else ""


def _in_words(kind: CodeDescription, sub_kind: CodeDescription | None) -> str:
    return ": ".join(each.description for each in (kind, sub_kind) if each and each.description)


def _toolkit(appointment: Appointment, slugs: Mapping[tuple[str, str], str]) -> str:
    nsi = appointment.nsi
    return slugs.get((nsi.type.code, nsi.sub_type.code if nsi.sub_type else ""), "") if nsi else ""
