"""Presenter of the page of one appointment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from appointments.models import Change, ChangeKind, ChangeState, TextMessage
from appointments.presenters.changes import change_url
from appointments.presenters.links import appointment_url
from appointments.presenters.rows import kind_words, rar_words, time_words
from appointments.presenters.texts import text_state
from appointments.services.texts.wording import is_still_to_come
from cases.sessions import is_rar_session
from delius.records import Appointment, Case
from govuk.formats import long_date


@dataclass(frozen=True)
class Fact:
    """Something that Delius has of an appointment."""

    key: str
    value: str


@dataclass(frozen=True)
class Action:
    """Something that can be done with an appointment now."""

    text: str
    url: str


def appointment_page(
    case: Case,
    appointment: Appointment,
    *,
    unsettled: Change | None,
    user_id: int,
    now: datetime,
    may_arrange: bool,
    text: TextMessage | None = None,
    may_text: bool = False,
) -> dict[str, Any]:
    """Return the context of the page of an appointment: what Delius has, what is under way, what can be done.

    `unsettled` is a change whose outcome is not known yet, by any user; `text` is the text about it, and `may_text`
    whether the person can be texted at all.
    """
    crn, moved_to = case.crn, appointment.rescheduled_to
    to_come = is_still_to_come(appointment, now=now)
    return {
        "person": case,
        "heading": kind_words(appointment),
        "when": f"{long_date(appointment.start.date())}, {time_words(appointment)}",
        "facts": _facts(appointment),
        "notes": appointment.notes or ("None that you may see" if appointment.sensitive else "None"),
        "contact_id": appointment.contact_id,
        "moved_to_url": appointment_url(crn, moved_to) if moved_to else "",
        "under_way": _under_way(unsettled) if unsettled else "",
        "under_way_url": change_url(unsettled) if unsettled and unsettled.user_id == user_id else "",
        "actions": [] if unsettled or moved_to or not may_arrange else _actions(crn, appointment, now=now),
        "may_follow": may_arrange and not moved_to,
        "is_to_come": to_come,
        "text": text_state(text) if text else "",
        "text_url": reverse("appointments:text", args=[crn, appointment.contact_id])
        if may_text and may_arrange and not text and not unsettled and to_come
        else "",
        "back_url": reverse("appointments:schedule", args=[crn]),
    }


def _facts(appointment: Appointment) -> list[Fact]:
    office, officer, outcome = appointment.office, appointment.officer, appointment.outcome
    facts = [
        ("Location", ", ".join(filter(None, (office.label, office.address))) if office else ""),
        ("With", officer.name.full if officer and officer.name else ""),
        ("RAR toolkit or category", rar_words(appointment)),
        ("Counts towards RAR", _counts(appointment)),
        ("Outcome", outcome.label if outcome else "None recorded"),
        ("Enforcement action", _description(outcome.enforcement_action) if outcome else ""),
        ("Sensitive", "Yes" if appointment.sensitive else "No"),
    ]
    return [Fact(key, value) for key, value in facts if value]


def _counts(appointment: Appointment) -> str:
    if not is_rar_session(appointment):
        return ""
    return "Yes" if appointment.counts_towards_rar else "No"


def _actions(crn: str, appointment: Appointment, *, now: datetime) -> list[Action]:
    def action(text: str, name: str) -> Action:
        return Action(text, reverse(f"appointments:{name}", args=[crn, appointment.contact_id]))

    if appointment.outcome is not None:
        return [action("Change the outcome", "outcome")]
    record = [action("Record an outcome", "outcome")] if appointment.has_begun(now) else []
    return [*record, action("Move this appointment", "move"), action("Call it off", "cancel")]


def _under_way(change: Change) -> str:
    if change.state == ChangeState.NEEDS_ATTENTION:
        what = "An outcome" if change.kind is ChangeKind.OUTCOME else "A new time"
        return f"{what} for this appointment could not be recorded yet. Our support team is finding out."
    if change.kind is ChangeKind.OUTCOME:
        return "The outcome of this appointment is being recorded. Delius has not told us yet what came of it."
    return "This appointment is being moved. Delius has not told us yet what came of it."


def _description(coded: Any) -> str:
    return coded.label if coded else ""
