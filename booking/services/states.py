"""The state machine of bookings: the only place where a booking's state changes."""

import hashlib
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from booking import auditing
from booking.models import Booking, BookingHistory, BookingState
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update

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
FINAL_STATES = frozenset(state for state, following in TRANSITIONS.items() if not following)
# Delius has the notes, or they are not sent any more.
STATES_WITHOUT_NOTES = frozenset({S.BOOKED, S.SETTLED})


def without_notes(booking: Booking) -> dict[str, Any]:
    """Return the field values that erase a booking's notes and keep their SHA-256 digest."""
    if not booking.notes:
        return {}
    return {"notes": "", "notes_digest": hashlib.sha256(booking.notes.encode()).hexdigest()}


def transition(
    booking: Booking,
    to: BookingState,
    *,
    detail: str = "",
    by: Any = None,
    only_if: Q = _ALWAYS,
    **changes: Any,
) -> None:
    """Change a booking's state, with `changes` to other fields, its history and the audit event, in one transaction.

    `detail` is for support and must hold no personal data; `by` is the user who decided, if any. Raises ValueError for
    a transition that does not exist, and ConcurrentUpdate where `only_if` does not hold, or another process has changed
    the booking's state or recorded its appointment.
    """
    before = BookingState(booking.state)
    if to not in TRANSITIONS[before]:
        raise ValueError(f"A booking cannot go from {before} to {to}.")
    if to != S.SUBMITTED:
        changes["next_try_at"] = None
    if to in STATES_WITHOUT_NOTES:
        changes |= without_notes(booking)
    try:
        with transaction.atomic():
            conditional_update(booking, only_if=only_if, state=to, **changes)
            BookingHistory.objects.create(booking=booking, from_state=before, to_state=to, detail=detail, by=by)
            auditing.booking_state_changed(booking, before=before, to=to, by=by)
    except IntegrityError as error:
        raise ConcurrentUpdate(str(booking.id)) from error
    logger.info("booking_state_changed", booking=str(booking.id), before=str(before), after=str(to))
