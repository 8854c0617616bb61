"""Queries of changes of appointments, of every kind."""

import uuid
from typing import TypeVar

from appointments.models import Change, ChangeState, Move, RecordedOutcome

C = TypeVar("C", bound=Change)
KINDS: tuple[type[Change], ...] = (RecordedOutcome, Move)
NOT_SETTLED = (ChangeState.SUBMITTED, ChangeState.NEEDS_ATTENTION)
CACHE_SECONDS = 60


class ChangeToReport(NamedTuple):
    """What is reported of a change. `kind` and `state` are values of ChangeKind and ChangeState."""

    kind: str
    id: uuid.UUID
    crn: str
    contact_id: int
    state: str
    appointment_start: datetime
    created_at: datetime


def own_change(kind: type[C], *, user_id: int, crn: str, contact_id: int, change_id: uuid.UUID | str) -> C | None:
    """Return one of the user's own changes of an appointment; None for another's, and for text that is no id."""
    try:
        known = uuid.UUID(str(change_id))
    except ValueError:
        return None
    own = kind._default_manager.filter(user_id=user_id, crn=crn, contact_id=contact_id, id=known)
    return own.select_related("user").first()


def unsettled_change(*, crn: str, contact_id: int) -> Change | None:
    """Return a change of an appointment, of any kind and by anybody, whose outcome is not known yet; None for none."""
    for kind in KINDS:
        found = kind._default_manager.filter(crn=crn, contact_id=contact_id, state__in=NOT_SETTLED)
        if change := found.order_by("-created_at").first():
            return change
    return None


def changes_to_report(*, user_id: int) -> list[ChangeToReport]:
    """Return the user's changes whose outcome is unknown or has not been shown to them, the oldest first.

    Cached for CACHE_SECONDS at most: `forget_changes_to_report` is called whenever one changes.
    """
    return cache.get_or_set(_report_key(user_id), lambda: _changes_to_report(user_id), CACHE_SECONDS) or []


def forget_changes_to_report(*, user_id: int) -> None:
    """Invalidate what is cached of the user's changes to report, after one of them has changed."""
    cache.delete(_report_key(user_id))


def _changes_to_report(user_id: int) -> list[ChangeToReport]:
    first, *others = (
        kind._default_manager.filter(user_id=user_id, outcome_seen_at=None)
        .order_by()
        .values_list(Value(kind.kind.value), "id", "crn", "contact_id", "state", "appointment_start", "created_at")
        for kind in KINDS
    )
    found = [ChangeToReport(*row) for row in first.union(*others, all=True)]
    return sorted(found, key=lambda change: change.created_at)


def _report_key(user_id: int) -> str:
    return f"appointments:to-report:{user_id}"
