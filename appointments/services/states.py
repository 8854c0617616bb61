"""The state machine of changes: the only place where a change's state changes."""

import hashlib
from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from appointments import auditing
from appointments.models import Change, ChangeHistory, ChangeState
from appointments.selectors import forget_changes_to_report
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update

logger = structlog.get_logger(__name__)

S = ChangeState
_ALWAYS = Q()

TRANSITIONS: dict[ChangeState, frozenset[ChangeState]] = {
    S.SUBMITTED: frozenset({S.RECORDED, S.REFUSED, S.CHANGED, S.NEEDS_ATTENTION}),
    S.NEEDS_ATTENTION: frozenset({S.SUBMITTED, S.SETTLED}),
    S.RECORDED: frozenset(),
    S.REFUSED: frozenset(),
    S.CHANGED: frozenset(),
    S.SETTLED: frozenset(),
}
FINAL_STATES = frozenset(state for state, following in TRANSITIONS.items() if not following)
# Delius has what was typed, or it is not sent any more.
STATES_WITHOUT_TEXT = frozenset({S.RECORDED, S.SETTLED})


def without_typed_text(change: Change) -> dict[str, Any]:
    """Return the field values that erase what was typed for a change and keep its SHA-256 digest."""
    if not change.text:
        return {}
    return {"text": "", "text_digest": hashlib.sha256(change.text.encode()).hexdigest()}


def transition(
    change: Change,
    to: ChangeState,
    *,
    detail: str = "",
    by: Any = None,
    only_if: Q = _ALWAYS,
    **changes: Any,
) -> None:
    """Change the state, with `changes` to other fields, the history and the audit event, in one transaction.

    `detail` is for support and must hold no personal data; `by` is the user who decided, if any. Raises ValueError for
    a transition that does not exist, and ConcurrentUpdate where `only_if` does not hold or another process has changed
    the state.
    """
    before = ChangeState(change.state)
    if to not in TRANSITIONS[before]:
        raise ValueError(f"A change cannot go from {before} to {to}.")
    if to != S.SUBMITTED:
        changes["next_try_at"] = None
    if to in STATES_WITHOUT_TEXT:
        changes |= without_typed_text(change)
    try:
        with transaction.atomic():
            conditional_update(change, only_if=only_if, state=to, **changes)
            history = ChangeHistory(from_state=before, to_state=to, detail=detail, by=by)
            setattr(history, change.kind, change)
            history.save(force_insert=True)
            auditing.change_state_changed(change, before=before, to=to, by=by)
    except IntegrityError as error:
        raise ConcurrentUpdate(str(change.id)) from error
    transaction.on_commit(partial(forget_changes_to_report, user_id=change.user_id))
    logger.info("change_state_changed", kind=change.kind, change=str(change.id), before=str(before), after=str(to))
