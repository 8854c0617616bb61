"""The schedule of a person on probation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from booking.formats import clock, from_to, long_date
from booking.journey.situation import FEATURED_NAMES
from delius.records import Contact
from delius.selectors import Schedule
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class ScheduleRow:
    """One appointment. `rar` is the toolkit, or the RAR category exactly as Delius has it.

    `toolkit` is the slug of that toolkit, empty for a category and for what is no toolkit of ours.
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
    """What the page shows. `pagination` is what GOV.UK's component takes, empty for a single page."""

    coming: list[ScheduleRow]
    past: list[ScheduleRow]
    page: int
    pagination: dict[str, Any]


def schedule_page(schedule: Schedule, *, crn: str, page: int, toolkits: Iterable[ToolkitChoice] = ()) -> SchedulePage:
    """Return what a person's schedule shows; `page` counts from 1. `toolkits` are those to be recognised in it."""
    slugs = {(each.nsi_type_code, each.nsi_sub_type_code or ""): each.slug for each in toolkits}
    return SchedulePage(
        coming=[_row(contact, slugs) for contact in schedule.coming],
        past=[_row(contact, slugs) for contact in schedule.past],
        page=page,
        pagination=_pagination(reverse("booking:schedule", args=[crn]), page, schedule.past_pages),
    )


def _row(contact: Contact, slugs: Mapping[tuple[str, str], str]) -> ScheduleRow:
    start, end = contact.start, contact.end
    time = ""
    if start:
        time = from_to(start.time(), end.time()) if end else clock(start.time())
    return ScheduleRow(
        day=long_date(start.date()) if start else "Date not recorded",
        time=time,
        kind=FEATURED_NAMES.get(contact.type_code, contact.type_description) or "Type not recorded",
        place=contact.office_description,
        rar=": ".join(filter(None, (contact.rar_type, contact.rar_sub_type))),
        outcome=contact.outcome_description,
        sensitive=contact.sensitive,
        toolkit=slugs.get((contact.rar_type_code, contact.rar_sub_type_code), "") if contact.nsi_id else "",
    )


def _pagination(url: str, page: int, pages: int) -> dict[str, Any]:
    if pages <= 1:
        return {}
    found: dict[str, Any] = {
        "items": [
            {"number": number, "href": f"{url}?page={number}", "current": number == page}
            for number in range(1, pages + 1)
            if number in {1, pages} or abs(number - page) <= 2
        ],
        "landmarkLabel": "Past appointments",
    }
    if page > 1:
        found["previous"] = {"href": f"{url}?page={page - 1}"}
    if page < pages:
        found["next"] = {"href": f"{url}?page={page + 1}"}
    return found
