"""The arrows between a booking's states. A booking changes its state here and nowhere else."""

from typing import Any

import structlog

from booking.models import Booking, BookingHistory, BookingState

logger = structlog.get_logger(__name__)

S = BookingState

TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    S.SUBMITTED: frozenset({S.NSI_READY, S.BOOKED, S.REFUSED, S.UNCERTAIN, S.CANCELLED}),
    S.NSI_READY: frozenset({S.BOOKED, S.REFUSED, S.UNCERTAIN, S.CANCELLED}),
    S.UNCERTAIN: frozenset({S.SUBMITTED, S.NSI_READY, S.BOOKED, S.REFUSED}),
    S.BOOKED: frozenset(),
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
}
AT_REST = frozenset(state for state, following in TRANSITIONS.items() if not following)


def move(booking: Booking, to: BookingState, *, detail: str = "", **changes: Any) -> None:
    """Take a booking along one arrow, save `changes` with it and write its history.

    `detail` is for support and must hold no personal data. Raises ValueError for an arrow that does not exist.
    """
    before = BookingState(booking.state)
    if to not in TRANSITIONS[before]:
        raise ValueError(f"A booking cannot go from {before} to {to}.")
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.state = to
    booking.save()
    BookingHistory.objects.create(booking=booking, from_state=before, to_state=to, detail=detail)
    logger.info("booking_moved", booking=str(booking.id), before=str(before), after=str(to))
