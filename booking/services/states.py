"""The arrows between a booking's states. A booking changes its state here and nowhere else."""

import hashlib
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingHistory, BookingState

logger = structlog.get_logger(__name__)

S = BookingState
_ALWAYS = Q()

TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    S.SUBMITTED: frozenset({S.BOOKED, S.REFUSED, S.NEEDS_ATTENTION, S.CANCELLED}),
    S.NEEDS_ATTENTION: frozenset({S.SUBMITTED, S.SETTLED}),
    S.BOOKED: frozenset(),
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
    S.SETTLED: frozenset(),
}
AT_REST = frozenset(state for state, following in TRANSITIONS.items() if not following)
# From here on Delius has the notes, or nobody sends them any more.
NEEDS_NO_NOTES = frozenset({S.BOOKED, S.SETTLED})


class Superseded(Exception):
    """Another process has moved or changed the booking meanwhile: what it made of it stands."""


def without_notes(booking: Booking) -> dict[str, Any]:
    """Return the changes that forget a booking's notes and keep a digest, by which a text can be known as theirs."""
    if not booking.notes:
        return {}
    return {"notes": "", "notes_digest": hashlib.sha256(booking.notes.encode()).hexdigest()}


def change(booking: Booking, *, only_if: Q = _ALWAYS, **values: Any) -> None:
    """Write fields of a booking while its state is the one that we know, and `only_if` holds. Raises Superseded."""
    values["updated_at"] = timezone.now()
    if not Booking.objects.filter(only_if, id=booking.id, state=booking.state).update(**values):
        raise Superseded(str(booking.id))
    for name, value in values.items():
        setattr(booking, name, value)


def move(
    booking: Booking,
    to: BookingState,
    *,
    detail: str = "",
    by: Any = None,
    only_if: Q = _ALWAYS,
    **changes: Any,
) -> None:
    """Take a booking along one arrow, and write `changes` with it and its history.

    `detail` is for support and must hold no personal data; `by` is the user who decided, if anybody did. Raises
    ValueError for an arrow that does not exist, and Superseded where `only_if` does not hold, or another process has
    moved the booking, or claimed its appointment, meanwhile.
    """
    before = BookingState(booking.state)
    if to not in TRANSITIONS[before]:
        raise ValueError(f"A booking cannot go from {before} to {to}.")
    if to != S.SUBMITTED:
        changes["next_try_at"] = None
    if to in NEEDS_NO_NOTES:
        changes |= without_notes(booking)
    try:
        with transaction.atomic():
            change(booking, only_if=only_if, state=to, **changes)
            BookingHistory.objects.create(booking=booking, from_state=before, to_state=to, detail=detail, by=by)
            auditing.booking_moved(booking, before=before, to=to, by=by)
    except IntegrityError as error:
        raise Superseded(str(booking.id)) from error
    logger.info("booking_moved", booking=str(booking.id), before=str(before), after=str(to))
