"""The arrows between a booking's states. A booking changes its state here and nowhere else."""

import hashlib
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingHistory, BookingState
from booking.services.leases import Busy

logger = structlog.get_logger(__name__)

S = BookingState

TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    S.SUBMITTED: frozenset({S.NSI_READY, S.BOOKED, S.REFUSED, S.UNCERTAIN, S.NEEDS_ATTENTION, S.CANCELLED}),
    S.NSI_READY: frozenset({S.BOOKED, S.REFUSED, S.UNCERTAIN, S.NEEDS_ATTENTION, S.CANCELLED}),
    S.UNCERTAIN: frozenset({S.SUBMITTED, S.NSI_READY, S.BOOKED, S.REFUSED, S.NEEDS_ATTENTION}),
    S.NEEDS_ATTENTION: frozenset({S.UNCERTAIN, S.SETTLED}),
    S.BOOKED: frozenset(),
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
    S.SETTLED: frozenset(),
}
AT_REST = frozenset(state for state, following in TRANSITIONS.items() if not following)
# States that a worker takes further without anybody's help.
UNDER_WAY = frozenset(TRANSITIONS) - AT_REST - {S.NEEDS_ATTENTION}


# From here on Delius has the notes, or nobody sends them any more.
NEEDS_NO_NOTES = frozenset({S.BOOKED, S.SETTLED})


def without_notes(booking: Booking) -> dict[str, Any]:
    """Return the changes that forget a booking's notes and keep a digest, by which a text can be known as theirs."""
    if not booking.notes:
        return {}
    return {"notes": "", "notes_digest": hashlib.sha256(booking.notes.encode()).hexdigest()}


def move(booking: Booking, to: BookingState, *, detail: str = "", by: Any = None, **changes: Any) -> None:
    """Take a booking along one arrow, write `changes` with it and its history.

    `detail` is for support and must hold no personal data; `by` is the user who decided, if anybody did. Raises
    ValueError for an arrow that does not exist, and Busy where another process has moved the booking, or claimed its
    appointment, meanwhile.
    """
    before = BookingState(booking.state)
    if to not in TRANSITIONS[before]:
        raise ValueError(f"A booking cannot go from {before} to {to}.")
    if to not in UNDER_WAY:
        changes["next_try_at"] = None
    if to in NEEDS_NO_NOTES:
        changes |= without_notes(booking)
    values = {**changes, "state": to, "updated_at": timezone.now()}
    try:
        with transaction.atomic():
            if not Booking.objects.filter(id=booking.id, state=before).update(**values):
                raise Busy(str(booking.id))
            BookingHistory.objects.create(booking=booking, from_state=before, to_state=to, detail=detail, by=by)
            auditing.booking_moved(booking, before=before, to=to, by=by, changes=changes)
    except IntegrityError as error:
        raise Busy(str(booking.id)) from error
    for name, value in values.items():
        setattr(booking, name, value)
    logger.info("booking_moved", booking=str(booking.id), before=str(before), after=str(to))
