"""Presenter of the schedule of a person on probation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from appointments.presenters.rows import AppointmentTable, RowMaker
from cases.offices import offices_of
from cases.sessions import last_of_each_kind
from delius.selectors import Schedule
from govuk.pagination import pagination
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class SchedulePage:
    """The content of the schedule. `pagination` is empty for a single page."""

    coming: AppointmentTable
    past: AppointmentTable
    page: int
    pagination: dict[str, Any]


def schedule_page(
    schedule: Schedule,
    *,
    crn: str,
    page: int,
    now: datetime,
    may_arrange: bool,
    toolkits: Iterable[ToolkitChoice] = (),
) -> SchedulePage:
    """Return the content of a schedule; `page` counts from 1. NSIs are matched to `toolkits`.

    On the first page the next one can be arranged after the last appointment of each type and toolkit.
    """
    last = last_of_each_kind((*schedule.upcoming, *schedule.past)) if page == 1 else []
    made_by = RowMaker(
        crn=crn,
        now=now,
        may_arrange=may_arrange,
        next_ids={each.contact_id for each in last},
        toolkits=toolkits,
        offices=offices_of((*schedule.upcoming, *schedule.past)),
    )
    return SchedulePage(
        coming=made_by.table(schedule.upcoming),
        past=made_by.table(schedule.past),
        page=page,
        pagination=pagination(
            reverse("appointments:schedule", args=[crn]),
            page=page,
            pages=schedule.past_pages,
            label="Past appointments",
        ),
    )
