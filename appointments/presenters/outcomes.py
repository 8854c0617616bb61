"""Presenters of recording the outcome of an appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from appointments.attendance import Attendance, AttendanceOutcomes
from appointments.forms.outcomes import (
    LABELS,
    NO_ENFORCEMENT,
    OutcomeForm,
    enforcement_field,
    outcome_field,
)
from appointments.models import ChangeDraft, ChangeState, RecordedOutcome
from appointments.presenters.descriptions import AnswerRow, place_of, when_of
from appointments.presenters.links import appointment_url
from cases.presenters.sentences import requirement_names
from cases.sessions import is_rar_session
from delius.records import Appointment, Case
from delius.selectors import rar_requirements
from govuk.formats import counted

# Problems of *Check your answers*.
CHANGED, ANSWERS_CHANGED = "changed", "answers"
# Why no outcome can be recorded.
NOT_BEGUN, MOVED, BY_SOMEBODY_ELSE, NO_OUTCOMES = "not-begun", "moved", "somebody-else", "no-outcomes"
NONE_RECORDED = "None recorded"


@dataclass(frozen=True)
class Compared:
    """One thing as Delius has it now, and as it was entered."""

    label: str
    there: str
    entered: str


def question_url(crn: str, contact_id: int) -> str:
    """Return the URL of the question."""
    return reverse("appointments:outcome", args=[crn, contact_id])


def check_url(crn: str, contact_id: int) -> str:
    """Return the URL of *Check your answers* of an outcome."""
    return reverse("appointments:outcome-check", args=[crn, contact_id])


def done_url(change: RecordedOutcome) -> str:
    """Return the URL of what became of an outcome."""
    return reverse("appointments:outcome-done", args=[change.crn, change.contact_id, change.id])


def initial(appointment: Appointment, answers: Sequence[AttendanceOutcomes], *, code: str = "") -> dict[str, str]:
    """Return what the question shows at first: the outcome with a code, or else what Delius has now."""
    there = appointment.outcome
    code = code or (there.code if there else "")
    for answer in answers:
        if code not in {outcome.code for outcome in answer.outcomes}:
            continue
        action = there.enforcement_action if there and there.code == code else None
        return {
            "attendance": answer.attendance.value,
            outcome_field(answer.attendance): code,
            **({enforcement_field(answer.attendance): action.code if action else NO_ENFORCEMENT} if there else {}),
        }
    return {}


def question_page(case: Case, appointment: Appointment, *, is_change: bool) -> dict[str, Any]:
    """Return the context of the question; `is_change` says that it was opened from *Check your answers*."""
    crn, contact_id = case.crn, appointment.contact_id
    return {
        "person": case,
        "heading": "Change the outcome" if appointment.outcome else "Record an outcome",
        "now_at": place_of(appointment),
        "there": _outcome_words(appointment) if appointment.outcome else "",
        "is_sensitive": appointment.sensitive,
        "back_url": check_url(crn, contact_id) if is_change else appointment_url(crn, contact_id),
    }


def cannot_record_page(case: Case, appointment: Appointment, *, why: str, delius_url: str) -> dict[str, Any]:
    """Return the context of the page of an appointment that no outcome can be recorded for."""
    crn, moved_to = case.crn, appointment.rescheduled_to
    return {
        "person": case,
        "why": why,
        "now_at": place_of(appointment),
        "starts": when_of(appointment.start, None),
        "moved_to_url": appointment_url(crn, moved_to) if moved_to else "",
        "move_url": reverse("appointments:move", args=[crn, appointment.contact_id]),
        "back_url": appointment_url(crn, appointment.contact_id),
        "delius_url": delius_url,
    }


def check_page(
    case: Case, appointment: Appointment, form: OutcomeForm, draft: ChangeDraft, *, problem: str
) -> dict[str, Any]:
    """Return the context of *Check your answers*: what was entered, beside what Delius has where it has something.

    `form` is valid.
    """
    crn, contact_id = case.crn, appointment.contact_id
    was_changed = draft.answers.get("version") != str(appointment.version)
    told = _problem(problem or (CHANGED if was_changed else ""))
    return {
        "person": case,
        "now_at": place_of(appointment),
        "rows": _rows(form, appointment, url=f"{question_url(crn, contact_id)}?change=1"),
        "compared": _compared(form, appointment) if appointment.outcome or was_changed else [],
        "effect": _effect(form, appointment),
        "problem": told,
        "has_errors": bool(told),
        "change_id": draft.change_id,
        "fingerprint": draft.fingerprint,
        "version": appointment.version,
        "contact_id": contact_id,
        "back_url": question_url(crn, contact_id),
    }


@dataclass(frozen=True)
class RarEffect:
    """What became of the RAR days of a requirement. `rows` are its counts, before and now; `title` is empty for one."""

    title: str
    rows: list[Compared]


@dataclass(frozen=True)
class OutcomePage:
    """What became of an outcome. `rar` has the requirements whose days changed; `rar_words` says it where none did."""

    heading: str
    state: str
    appointment: str
    outcome: str
    refusal: str
    change_url: str
    url: str
    contact_id: int
    outcome_unknown: bool
    rar: list[RarEffect]
    rar_words: str
    first_name: str


HEADINGS = {
    ChangeState.SUBMITTED: "We’re still recording this outcome",
    ChangeState.RECORDED: "Outcome recorded",
    ChangeState.REFUSED: "This outcome was not recorded",
    ChangeState.CHANGED: "This outcome was not recorded",
    ChangeState.NEEDS_ATTENTION: "We could not record this outcome yet",
    ChangeState.SETTLED: "This outcome was settled in Delius",
}
ANCHORS = {"notes": "#id_notes"}


def done_page(change: RecordedOutcome, case: Case, *, today: date) -> OutcomePage:
    """Return the content of the page of an outcome, which its user has seen (`services.outcomes.see`)."""
    state = ChangeState(change.state)
    names = requirement_names(rar_requirements(case, on=today))
    effects = _rar_effects(change, names) if state is ChangeState.RECORDED else []
    anchor = ANCHORS.get(change.refused_step, "#id_attendance" if change.refused_step else "")
    return OutcomePage(
        heading=HEADINGS[state],
        state=state.value,
        appointment=f"{change.type_name}, {when_of(change.appointment_start, None)}",
        outcome=", ".join(filter(None, (change.outcome_name, change.enforcement_name))),
        refusal=change.refusal,
        change_url=f"{question_url(change.crn, change.contact_id)}?change=1{anchor}",
        url=done_url(change),
        contact_id=change.contact_id,
        outcome_unknown=change.sent_at is not None,
        rar=effects,
        rar_words="" if effects else _no_effect(change),
        first_name=case.name.familiar,
    )


def _rows(form: OutcomeForm, appointment: Appointment, *, url: str) -> list[AnswerRow]:
    attendance = Attendance(form.cleaned_data["attendance"])
    outcome, action = form.outcome, form.enforcement_action
    rows = [
        AnswerRow("Attendance", LABELS[attendance], f"{url}#id_attendance"),
        AnswerRow("Outcome in Delius", outcome.label),
    ]
    if outcome.enforcement_actions:
        target = form[enforcement_field(attendance)].auto_id
        rows.append(AnswerRow("Enforcement action", _description(action) or "None", f"{url}#{target}"))
    rows.append(AnswerRow("Notes to add", form.cleaned_data["notes"] or "None", f"{url}#id_notes"))
    if "sensitive" in form.fields:
        rows.append(AnswerRow("Sensitive", "Yes" if form.cleaned_data["sensitive"] else "No", f"{url}#id_sensitive"))
    return rows


def _compared(form: OutcomeForm, appointment: Appointment) -> list[Compared]:
    outcome, there = form.outcome, appointment.outcome
    rows = [
        Compared("Outcome", _outcome_name(appointment), outcome.label),
        Compared(
            "Enforcement action",
            (_description(there.enforcement_action) if there else "") or "None",
            _description(form.enforcement_action) or "None",
        ),
        Compared("Notes", appointment.notes or "None", _added(form.cleaned_data["notes"])),
    ]
    if appointment.sensitive or form.cleaned_data.get("sensitive"):
        rows.append(Compared("Sensitive", "Yes" if appointment.sensitive else "No", "Yes"))
    return rows


def _added(notes: str) -> str:
    return f"These are added: {notes}" if notes else "Nothing is added"


def _effect(form: OutcomeForm, appointment: Appointment) -> str:
    if not is_rar_session(appointment):
        return ""
    if form.outcome.attended:
        return "Its day will count as completed towards RAR, unless another session on that day does already."
    return "It will not count towards RAR."


def _problem(kind: str) -> str:
    return {
        CHANGED: "This appointment has changed in Delius since you answered. Check it and confirm again",
        ANSWERS_CHANGED: "Your answers were changed in another tab. Check them and confirm again",
    }.get(kind, "")


def _outcome_name(appointment: Appointment) -> str:
    there = appointment.outcome
    return there.label if there else NONE_RECORDED


def _outcome_words(appointment: Appointment) -> str:
    there = appointment.outcome
    return ", ".join(
        filter(None, (_outcome_name(appointment), _description(there.enforcement_action if there else None)))
    )


def _description(coded: Any) -> str:
    return coded.label if coded else ""


def _rar_effects(change: RecordedOutcome, names: dict[int, str]) -> list[RarEffect]:
    after = change.rar_after or {}
    changed = [each for each, before in change.rar_before.items() if each in after and after[each] != before]
    return [
        RarEffect(
            title=names.get(int(each), "") if len(change.rar_before) > 1 else "",
            rows=_counts(change.rar_before[each], after[each]),
        )
        for each in changed
    ]


def _counts(before: dict[str, Any], now: dict[str, Any]) -> list[Compared]:
    rows = [
        Compared(label, counted(before[name], "day"), counted(now[name], "day"))
        for label, name in (("Completed", "completed"), ("Booked", "booked"))
    ]
    if before["ordered"] is not None and now["ordered"] is not None:
        rows.append(Compared("Left", counted(_left(before), "day"), counted(_left(now), "day")))
    return rows


def _left(days: dict[str, Any]) -> int:
    return max(int(days["ordered"] - days["completed"] - days["booked"]), 0)


def _no_effect(change: RecordedOutcome) -> str:
    if not change.rar_before:
        return "This appointment does not count towards RAR."
    return "The number of RAR days has not changed." if change.state == ChangeState.RECORDED else ""
