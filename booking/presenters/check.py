"""Presenter of *Check your answers*."""

from dataclasses import dataclass, replace
from typing import Any

from booking.journey import shown_nsi
from booking.journey.journey import Journey
from booking.journey.next_session import WEEK, follows_day
from booking.journey.rar_days import rar_days
from booking.journey.toolkit_records import ToolkitRecords, nsi_labels, toolkit_of, toolkit_records
from booking.models import Draft
from booking.presenters.links import step_url
from booking.presenters.rar_days import rar_days_bar
from cases.offices import office_name
from cases.presenters.links import case_url
from cases.warnings import warnings
from govuk.formats import counted, long_date

RECORD = "record"
CHECK_ORDER = (
    "team",
    "type",
    "where",
    "when",
    "repeat",
    "rar",
    "requirement",
    "sentence",
    "toolkit",
    "notes",
    "sensitive",
)


@dataclass(frozen=True)
class CheckRow:
    """A row of *Check your answers*; `change_url` is empty for a value that was not asked for.

    `toolkit` is the slug of the toolkit in the value, if any. `mark` asks to look at a value that was suggested.
    """

    key: str
    value: str
    note: str = ""
    change_url: str = ""
    toolkit: str = ""
    mark: str = ""


def check_page(journey: Journey, draft: Draft, *, may_overlap: bool) -> dict[str, Any]:
    """Return the context of *Check your answers*, reading NSIs and coming appointments from Delius.

    `may_overlap` offers to arrange the appointment anyway, also where no overlap is known.
    """
    answers, situation = journey.answers, journey.situation
    crn = situation.case.crn
    if answers.requirement:
        situation.prefetch(answers.requirement.event)
    records = toolkit_records(answers, situation)
    days = rar_days(answers, situation)
    noticed = warnings(
        answers.times,
        first_name=situation.first_name,
        read_coming=lambda: situation.upcoming_appointments,
    )
    return {
        "person": situation.case,
        "rows": check_rows(journey, records),
        "repeat_rows": repeat_rows(journey),
        "repeat_count": len(answers.repeat_days),
        "warnings": noticed.texts,
        "overlaps": noticed.overlaps,
        "may_overlap": may_overlap or bool(noticed.overlaps),
        "rar_days_bar": rar_days_bar(days, toolkit_of(answers, situation)) if days else None,
        "shown_nsi": shown_nsi.sign(records.usable, draft=draft) if records else "",
        "booking_id": draft.booking_id,
        "fingerprint": draft.fingerprint,
        "back_url": step_url(crn, journey.asked[-1]),
        "when_url": f"{case_url('booking:step', crn, 'when')}?change=1",
        "check_url": case_url("booking:check", crn),
    }


def check_rows(journey: Journey, records: ToolkitRecords | None = None) -> list[CheckRow]:
    """Return the rows of *Check your answers* in reading order (CHECK_ORDER), not in the order of the steps."""
    crn = journey.situation.case.crn
    asked = {step.slug: step for step in journey.asked}
    rows: list[CheckRow] = []
    for slug in CHECK_ORDER:
        if step := asked.get(slug):
            url = f"{step_url(crn, step)}?change=1"
            toolkit = _toolkit_slug(journey) if slug == "toolkit" else ""
            found = [
                CheckRow(row.key, row.value, change_url=url, toolkit=toolkit)
                for row in step.rows(journey.answers, journey.situation)
            ]
            if slug == "when" and (note := _suggestion(journey)):
                found[0] = replace(found[0], note=note, mark="Check this date")
            rows += found
        elif assumed := _assumed_row(slug, journey):
            rows.append(assumed)
        if slug == "toolkit" and records:
            rows += _record_rows(crn, records)
    return rows


def repeat_rows(journey: Journey) -> list[CheckRow]:
    """Return the rows about the repeats; none where the appointment does not repeat."""
    answers = journey.answers
    if not answers.repeats:
        return []
    crn = journey.situation.case.crn
    asked = {step.slug: step for step in journey.asked}
    rows = [
        CheckRow(
            row.key,
            row.value,
            change_url=f"{step_url(crn, asked[slug])}?change=1",
            toolkit=_toolkit_slug(journey) if slug == "repeat-rar" and answers.repeat_rar else "",
        )
        for slug in ("dates", "repeat-rar")
        if slug in asked
        for row in asked[slug].rows(answers, journey.situation)
    ]
    notes = (answers.notes if answers.repeat_notes else "") or "None"
    sensitive = "Yes" if answers.repeat_sensitive else "No"
    return [
        *rows,
        CheckRow("Appointment notes", notes, change_url=f"{step_url(crn, asked['notes'])}?change=1"),
        CheckRow("Sensitive", sensitive, change_url=f"{step_url(crn, asked['sensitive'])}?change=1"),
    ]


def _record_rows(crn: str, records: ToolkitRecords) -> list[CheckRow]:
    toolkit = records.toolkit
    if not records.known:
        unknown = f"We cannot see earlier {toolkit} records at the moment. We will look for one when you confirm"
        return [CheckRow("Toolkit record", unknown)]
    rows: list[CheckRow] = []
    if len(records.usable) > 1:
        text = (
            f"There are {len(records.usable)} {toolkit} records for this person. "
            f"This appointment will be added to the one {nsi_labels(records.usable)[records.usable[0].nsi_id]}"
        )
        change_url = f"{case_url('booking:step', crn, RECORD)}?change=1"
        rows.append(CheckRow("Toolkit record", text, change_url=change_url))
    labels = nsi_labels(records.elsewhere)
    for nsi in records.elsewhere:
        where = "another requirement" if nsi.requirement_id else "no requirement"
        text = f"There is also a {toolkit} record linked to {where}, {labels[nsi.nsi_id]}. It will not be used"
        rows.append(CheckRow("Other toolkit record", text))
    return rows


def _assumed_row(slug: str, journey: Journey) -> CheckRow | None:
    answers, situation = journey.answers, journey.situation
    if slug == "where" and answers.office:
        return CheckRow("Location", office_name(answers.office, [answers.office]), note="Your team’s only office")
    if slug == "rar" and not situation.rar_requirements:
        return CheckRow(
            "RAR toolkit session",
            "No",
            note=f"{situation.first_name} has no active RAR requirement for this to count towards",
        )
    if slug == "toolkit" and answers.rar:
        return CheckRow(
            "RAR toolkit",
            situation.placeholder.name,
            note="Used because your team has not moved to RAR toolkits yet",
            toolkit=situation.placeholder.slug,
        )
    return None


def _suggestion(journey: Journey) -> str:
    """Return how the date was worked out from the session before; empty for one that was typed."""
    day, follows = journey.answers.day, follows_day(journey)
    if day is None or follows is None:
        return ""
    weeks = counted((day - follows).days // WEEK, "week")
    return f"{weeks} after the last one, on {long_date(follows)}. Change it if it does not suit"


def _toolkit_slug(journey: Journey) -> str:
    return toolkit_of(journey.answers, journey.situation).slug
