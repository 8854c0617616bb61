"""Queries of changes of appointments, of every kind."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.core.cache import cache
from django.db.models import Q, Value

from appointments.models import Change, ChangeDraft, ChangeKind, ChangeState, Move, RecordedOutcome, TextMessage

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


def draft_of(*, user_id: int, crn: str, contact_id: int, kind: ChangeKind) -> ChangeDraft:
    """Return the user's draft for an appointment, or a new one that is not saved."""
    key = {"user_id": user_id, "crn": crn, "contact_id": contact_id, "kind": kind}
    return ChangeDraft.objects.filter(**key).first() or ChangeDraft(**key)


def own_change(kind: type[C], *, user_id: int, crn: str, contact_id: int, change_id: uuid.UUID | str) -> C | None:
    """Return one of the user's own changes of an appointment; None for another's, and for text that is no id."""
    try:
        known = uuid.UUID(str(change_id))
    except ValueError:
        return None
    own = kind._default_manager.filter(user_id=user_id, crn=crn, contact_id=contact_id, id=known)
    return own.select_related("user").first()


def unsettled_change(*, crn: str, contact_id: int) -> Change | None:
    """Return a change of an appointment, of any kind and by anybody, whose outcome is not known yet; None for none.

    One query where there is none.
    """
    unsettled = [
        kind._default_manager.filter(crn=crn, contact_id=contact_id, state__in=NOT_SETTLED)
        .order_by()
        .values_list(Value(number), "id")
        for number, kind in enumerate(KINDS)
    ]
    found = unsettled[0].union(*unsettled[1:])[:1]
    return next((KINDS[number]._default_manager.filter(id=change_id).first() for number, change_id in found), None)


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


def own_moves(*, user_id: int, crn: str, contact_id: int, move_id: uuid.UUID) -> list[Move]:
    """Return one of the user's own moves of an appointment and those that were confirmed with it, by date.

    None for another user's, and for one of another appointment. One query for one alone and for the first of several.
    """
    known = Move.objects.filter(Q(id=move_id) | Q(moved_with=move_id), user_id=user_id, crn=crn)
    together = list(known.order_by("appointment_start", "id"))
    if not any(each.id == move_id and each.contact_id == contact_id for each in together):
        return []
    first_id = together[0].moved_with
    return together if first_id in (None, move_id) else moved_together(together[0])


def moved_together(move: Move) -> list[Move]:
    """Return a move and those that were confirmed with it, by date."""
    if move.moved_with is None:
        return [move]
    together = Move.objects.filter(moved_with=move.moved_with)
    return list(together.select_related("user").order_by("appointment_start", "id"))


def last_moves(*, crn: str, contact_ids: Iterable[int]) -> dict[int, Move]:
    """Return the last move of each appointment that was moved by this service, by contact id, however often it moved.

    One query where none was moved, and one more for each time that one was.
    """
    last: dict[int, Move] = {}
    now_at = {contact_id: contact_id for contact_id in contact_ids}
    while now_at:
        moves = Move.objects.filter(crn=crn, contact_id__in=set(now_at.values()), state=ChangeState.RECORDED)
        by_contact = {move.contact_id: move for move in moves}
        moved = {first: by_contact[at] for first, at in now_at.items() if at in by_contact}
        last |= moved
        now_at = {first: move.new_contact_id for first, move in moved.items() if move.new_contact_id}
    return last


def first_of_moves(*, crn: str, contact_id: int) -> tuple[int, int]:
    """Return the appointment that one was moved from by this service, the first of all, and how many moves there were.

    One that was never moved is its own first. One query for each move, and one.
    """
    moves = 0
    while move := Move.objects.filter(crn=crn, new_contact_id=contact_id, state=ChangeState.RECORDED).first():
        contact_id, moves = move.contact_id, moves + 1
    return contact_id, moves


def was_moved_here(*, crn: str, contact_id: int) -> bool:
    """Return whether an appointment took the place of one that this service moved."""
    return Move.objects.filter(crn=crn, new_contact_id=contact_id, state=ChangeState.RECORDED).exists()


def text_of_appointment(contact_id: int) -> TextMessage | None:
    """Return the text about an appointment, asked for by anybody; None for none."""
    return TextMessage.objects.filter(contact_id=contact_id).first()


def texts_of_case(*, crn: str, since: datetime) -> list[TextMessage]:
    """Return the texts about a person's appointments from a moment on, by date."""
    return list(TextMessage.objects.filter(crn=crn, appointment_start__gte=since).order_by("appointment_start"))
