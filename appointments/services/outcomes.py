"""Confirming the outcome of an appointment."""

from typing import Any

from django.utils import timezone

from appointments.forms.outcomes import OutcomeForm
from appointments.models import ChangeDraft, ChangeState, RecordedOutcome
from appointments.services.submission import mark_outcomes_seen, submit
from cases.presenters.appointment_types import type_name
from cases.sessions import is_rar_session
from delius.records import Appointment, Case
from delius.selectors import rar_requirements

RarCounts = dict[str, dict[str, int | None]]


def confirm(
    *, draft: ChangeDraft, user: Any, form: OutcomeForm, appointment: Appointment, case: Case
) -> tuple[RecordedOutcome, bool]:
    """Create the outcome of a valid form; return it, and whether it is new. Idempotent by the draft's id.

    `appointment` is the one that the user was shown, with its version.
    """
    outcome, action = form.outcome, form.enforcement_action
    change = RecordedOutcome(
        id=draft.change_id,
        user=user,
        crn=draft.crn,
        contact_id=draft.contact_id,
        version=appointment.version,
        type_code=appointment.type.code,
        type_name=type_name(appointment.type)[:100],
        appointment_start=appointment.start,
        text=form.cleaned_data["notes"],
        outcome_code=outcome.code,
        outcome_name=outcome.label[:200],
        attended=outcome.attended,
        enforcement_code=action.code if action else "",
        enforcement_name=action.label[:200] if action else "",
        sensitive=bool(form.cleaned_data.get("sensitive")),
        rar_before=rar_counts(case) if is_rar_session(appointment) else {},
    )
    return submit([change])


def rar_counts(case: Case) -> RarCounts:
    """Return the RAR days of each requirement in force, by its id (`RecordedOutcome.rar_before`)."""
    return {
        str(each.requirement_id): {
            "completed": each.days.completed,
            "booked": each.days.booked,
            "ordered": each.days.ordered,
        }
        for each in rar_requirements(case, on=timezone.localdate())
    }


def see(change: RecordedOutcome, *, case: Case) -> None:
    """Record that the user has seen what became of an outcome, with the RAR days of `case` as they are now."""
    if change.state == ChangeState.RECORDED and change.rar_after is None:
        change.rar_after = rar_counts(case)
    mark_outcomes_seen(change, rar_after=change.rar_after)
