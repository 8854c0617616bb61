"""The schedule of a person on probation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from booking.formats import clock, from_to, long_date
from booking.journey.situation import FEATURED_NAMES
from delius.records import Contact
from delius.selectors import Schedule


@dataclass(frozen=True)
class ScheduleRow:
    """One appointment. `rar` is the toolkit, or the RAR category exactly as Delius has it."""

    day: str
    time: str
    kind: str
    place: str
    rar: str
    outcome: str
    sensitive: bool


@dataclass(frozen=True)
class SchedulePage:
    """What the page shows. `pagination` is what GOV.UK's component takes, empty for a single page."""

    coming: list[ScheduleRow]
    past: list[ScheduleRow]
    page: int
    pagination: dict[str, Any]


def schedule_page(schedule: Schedule, *, crn: str, page: int) -> SchedulePage:
    """Return what a person's schedule shows; `page` counts from 1."""
    return SchedulePage(
        coming=_rows(schedule.coming),
        past=_rows(schedule.past),
        page=page,
        pagination=_pagination(reverse("booking:schedule", args=[crn]), page, schedule.past_pages),
    )


def _rows(contacts: Sequence[Contact]) -> list[ScheduleRow]:
    return [_row(contact) for contact in contacts]


def _row(contact: Contact) -> ScheduleRow:
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
