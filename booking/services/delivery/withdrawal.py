"""Withdrawal of NSIs that were made for bookings that were then refused or cancelled.

Delayed by WITHDRAWAL_DELAY, because most users change an answer and confirm again, which then uses the same NSI.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingHistory, BookingState
from booking.services.delivery import retry
from delius.errors import Conflict, DeliusError, LimitedAccess, NotFound, Refused
from delius.writes import nsis

WITHDRAWAL_DELAY = timedelta(minutes=15)
BATCH_SIZE = 20

logger = structlog.get_logger(__name__)


def schedule_withdrawal(booking: Booking, *, is_new: bool = False) -> datetime | None:
    """Enqueue the withdrawal of the NSI that a booking may have made; return when it is due, None where it made none.

    A booking without a known NSI may have made one by a try whose response was lost, unless it `is_new`.
    """
    lost = booking.counts_towards_rar and booking.nsi_id is None and not is_new
    if not (booking.nsi_created or lost):
        return None
    at = timezone.now() + WITHDRAWAL_DELAY
    retry.enqueue_resume(at=at)
    return at


def withdraw_due() -> int:
    """Withdraw the NSIs that are due, and return how many were withdrawn. Safe to run concurrently."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Booking.objects.filter(withdraw_nsi_at__lte=now)
            .select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("withdraw_nsi_at")[:BATCH_SIZE]
        )
        Booking.objects.filter(id__in=[each.id for each in due]).update(withdraw_nsi_at=now + WITHDRAWAL_DELAY)
    return sum(_withdraw(booking) for booking in due)


def _withdraw(booking: Booking) -> bool:
    if _is_used_by_another_booking(booking):
        return False
    assert booking.nsi_reference is not None
    try:
        nsis.withdraw_nsi(crn=booking.crn, reference=booking.nsi_reference, username=booking.user.username)
    except NotFound:
        _finish(booking, "")
        return False
    except (Conflict, Refused, LimitedAccess) as answer:
        _finish(
            booking, f"NSI not withdrawn: {answer.reason if isinstance(answer, Conflict) else type(answer).__name__}"
        )
        return False
    except DeliusError as fault:
        logger.warning("nsi_withdrawal_postponed", booking=str(booking.id), fault=type(fault).__name__)
        retry.enqueue_resume(at=timezone.now() + WITHDRAWAL_DELAY)
        return False
    _finish(booking, "NSI withdrawn: nothing came to hang from it", withdrawn=True)
    return True


def _is_used_by_another_booking(booking: Booking) -> bool:
    """Return whether another booking uses the NSI (no withdrawal), or may use it (withdrawal postponed)."""
    others = Booking.objects.filter(
        crn=booking.crn, requirement_id=booking.requirement_id, nsi_type_code=booking.nsi_type_code
    ).exclude(id=booking.id)
    if booking.nsi_id and others.filter(nsi_id=booking.nsi_id, state=BookingState.BOOKED).exists():
        _finish(booking, "")
        return True
    under_way = others.filter(state__in=(BookingState.SUBMITTED, BookingState.NEEDS_ATTENTION))
    if under_way.exists():
        retry.enqueue_resume(at=timezone.now() + WITHDRAWAL_DELAY)
        return True
    return False


def _finish(booking: Booking, detail: str, *, withdrawn: bool = False) -> None:
    with transaction.atomic():
        Booking.objects.filter(id=booking.id).update(withdraw_nsi_at=None)
        if detail:
            BookingHistory.objects.create(
                booking=booking, from_state=booking.state, to_state=booking.state, detail=detail
            )
        if withdrawn:
            auditing.nsi_withdrawn(booking)
