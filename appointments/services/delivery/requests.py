"""The request of each kind of change, and what a refusal of it means in plain words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from appointments.models import Change, ChangeKind, Move, RecordedOutcome
from delius.errors import Conflict, ConflictReason, LimitedAccess, NotFound, Refused
from delius.records import Appointment
from delius.writes import moves, outcomes

C = TypeVar("C", bound=Change)
Answer = Refused | Conflict | LimitedAccess | NotFound
# A reason, and the question whose answer to change; empty for none.
Reason = tuple[str, str]

NOT_ALLOWED = "Your Delius account is not allowed to record this for this person."
NO_LONGER_THERE = "Delius no longer has this appointment."
OVERLAPS = "There is another appointment at this time."
NSI_ENDED = "The toolkit this appointment belongs to has ended in Delius, so it cannot be moved. Arrange a new one."
DELETED = "The new appointment was saved and has since been deleted in Delius. Move it again if it is still needed."
OUTCOME_NOT_ACCEPTED = "Delius did not accept this outcome."
MOVE_NOT_ACCEPTED = "Delius did not accept this move."

# By the field of the contract in the refusal.
_OUTCOME_FIELDS: dict[str, Reason] = {
    "outcomeCode": ("Delius does not accept this outcome for this appointment. Choose another.", "outcome"),
    "enforcementActionCode": ("Delius does not accept this enforcement action. Choose another.", "enforcement"),
    "notes": ("The notes are too long for Delius.", "notes"),
}
_MOVE_FIELDS: dict[str, Reason] = {
    "version": ("This appointment has an outcome, so it cannot be moved.", ""),
    "officeCode": ("Delius does not accept this location for this type of appointment and team.", "where"),
    "start": ("Delius does not accept this date and time.", "when"),
    "end": ("Delius does not accept this date and time.", "when"),
    "reason": ("What you wrote is too long for Delius.", "why"),
}


@dataclass(frozen=True)
class Request(Generic[C]):
    """How a kind of change is sent, what is then known of it, and what a refusal means.

    `send` raises what the client's writes raise. `recorded` returns the fields to set once Delius has it.
    """

    send: Callable[[C], Appointment]
    recorded: Callable[[Appointment], dict[str, Any]]
    refused: Callable[[Answer], dict[str, Any]]


def request_of(change: Change) -> Request[Any]:
    """Return the request of a change."""
    return REQUESTS[change.kind]


def _send_outcome(change: RecordedOutcome) -> Appointment:
    return outcomes.put_outcome(
        crn=change.crn,
        contact_id=change.contact_id,
        request_id=change.id,
        outcome=outcomes.NewOutcome(
            version=change.version,
            outcome_code=change.outcome_code,
            enforcement_action_code=change.enforcement_code,
            notes=change.text,
            sensitive=change.sensitive,
        ),
        username=change.user.username,
    )


def _send_move(change: Move) -> Appointment:
    return moves.move(
        crn=change.crn,
        contact_id=change.contact_id,
        reference=change.id,
        new=moves.NewTime(
            version=change.version,
            start=change.start,
            end=change.end,
            requested_by=moves.RequestedBy(change.requested_by),
            reason=change.text,
            office_code=change.office_code,
            allow_overlap=change.allow_overlap,
        ),
        username=change.user.username,
    )


def _outcome_refused(answer: Answer) -> dict[str, Any]:
    return _in_words(answer, _OUTCOME_FIELDS, otherwise=OUTCOME_NOT_ACCEPTED)


def _move_refused(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Conflict):
        by_conflict: dict[ConflictReason, Reason] = {
            ConflictReason.OVERLAP: (OVERLAPS, "when"),
            ConflictReason.NSI_CLOSED: (NSI_ENDED, ""),
            ConflictReason.REFERENCE_SPENT: (DELETED, ""),
        }
        refusal, step = by_conflict.get(answer.reason, (MOVE_NOT_ACCEPTED, ""))
        return {"refusal": refusal, "refused_step": step, "clash": answer.reason is ConflictReason.OVERLAP}
    return _in_words(answer, _MOVE_FIELDS, otherwise=MOVE_NOT_ACCEPTED)


def _in_words(answer: Answer, fields: Mapping[str, Reason], *, otherwise: str) -> dict[str, Any]:
    if isinstance(answer, LimitedAccess):
        return {"refusal": NOT_ALLOWED, "refused_step": ""}
    if isinstance(answer, NotFound):
        return {"refusal": NO_LONGER_THERE, "refused_step": ""}
    named = answer.fields if isinstance(answer, Refused) else ()
    refusal, step = next((fields[each.field] for each in named if each.field in fields), (otherwise, ""))
    return {"refusal": refusal, "refused_step": step}


REQUESTS: dict[ChangeKind, Request[Any]] = {
    ChangeKind.OUTCOME: Request(send=_send_outcome, recorded=lambda _: {}, refused=_outcome_refused),
    ChangeKind.MOVE: Request(
        send=_send_move, recorded=lambda made: {"new_contact_id": made.contact_id}, refused=_move_refused
    ),
}
