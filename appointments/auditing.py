"""Audit events of changes of appointments."""

from typing import Any

from django.http import HttpRequest

from appointments.models import Change, ChangeState, TextMessage
from audit.events import record

BY_SUPPORT = {ChangeState.SUBMITTED: "RETRIED", ChangeState.SETTLED: "SETTLED"}


def change_state_changed(change: Change, *, before: str, to: ChangeState, by: Any = None) -> None:
    """Record a state change, in its transaction; `by` is the user who decided, if any.

    The event is called OUTCOME_… or MOVE_… and the state: OUTCOME_RECORDED, MOVE_REFUSED.
    """
    _record(change, (by and BY_SUPPORT.get(to)) or to.upper(), who=by, **{"from": str(before), "to": str(to)})


def change_resumed(change: Change) -> None:
    """Record that a worker resumes a change, in the name of the user who confirmed it."""
    _record(change, "RESUMED", tries=change.tries)


def change_viewed(request: HttpRequest, change: Change) -> None:
    """Record that a user viewed a change in the admin."""
    _record(change, "VIEWED", who=request.user)


def text_changed(message: TextMessage, what: str) -> None:
    """Record that a text was asked for, sent, delivered or not, in the name of the user who asked: TEXT_SENT."""
    record(
        what=f"TEXT_{what}",
        who=message.user,
        subject_type="CRN",
        subject_id=message.crn,
        details={"text": str(message.id), "appointment": message.contact_id},
    )


def _record(change: Change, what: str, *, who: Any = None, **details: Any) -> None:
    record(
        what=f"{change.kind.upper()}_{what}",
        who=who or change.user,
        subject_type="CRN",
        subject_id=change.crn,
        details={"change": str(change.id), "appointment": change.contact_id, **details},
    )
