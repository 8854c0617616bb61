"""Withdrawing an NSI that was made for an appointment that came to nothing, so that nothing is left behind in Delius.

Not at once: the person who arranges the appointment most often changes an answer and confirms again, and then uses it.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from booking import auditing
from booking.models import Booking, BookingHistory, BookingState
from booking.services.delivery import schedule
from delius.errors import Conflict, DeliusError, LimitedAccess, NotFound, Refused
from delius.writes import nsis

WITHDRAW_AFTER = timedelta(minutes=15)
BATCH = 20

logger = structlog.get_logger(__name__)


def withdraw_after(booking: Booking) -> datetime:
    """Return when the NSI of a booking that came to nothing is to be withdrawn, and wake a worker then."""
    at = timezone.now() + WITHDRAW_AFTER
    schedule.wake(at=at)
    return at


def withdraw_due() -> int:
    """Withdraw the NSIs whose time has come, and return how many were withdrawn; safe to run by several at once."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Booking.objects.filter(withdraw_nsi_at__lte=now)
            .select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("withdraw_nsi_at")[:BATCH]
        )
        Booking.objects.filter(id__in=[each.id for each in due]).update(withdraw_nsi_at=now + WITHDRAW_AFTER)
    return sum(_withdraw(booking) for booking in due)


def _withdraw(booking: Booking) -> bool:
    if _is_wanted_by_another(booking):
        return False
    assert booking.nsi_reference is not None
    try:
        nsis.withdraw_nsi(crn=booking.crn, reference=booking.nsi_reference, username=booking.user.username)
    except NotFound:
        _done(booking, "")
        return False
    except (Conflict, Refused, LimitedAccess) as answer:
        _done(booking, f"NSI not withdrawn: {answer.reason if isinstance(answer, Conflict) else type(answer).__name__}")
        return False
    except DeliusError as fault:
        logger.warning("nsi_withdrawal_waits", booking=str(booking.id), fault=type(fault).__name__)
        schedule.wake(at=timezone.now() + WITHDRAW_AFTER)
        return False
    _done(booking, "NSI withdrawn: nothing came to hang from it", withdrawn=True)
    return True


def _is_wanted_by_another(booking: Booking) -> bool:
    """Return whether another booking uses the NSI, or may: then it is that one's, or is looked at again later."""
    others = Booking.objects.filter(
        crn=booking.crn, requirement_id=booking.requirement_id, nsi_type_code=booking.nsi_type_code
    ).exclude(id=booking.id)
    if booking.nsi_id and others.filter(nsi_id=booking.nsi_id, state=BookingState.BOOKED).exists():
        _done(booking, "")
        return True
    under_way = others.filter(state__in=(BookingState.SUBMITTED, BookingState.NEEDS_ATTENTION))
    if under_way.exists():
        schedule.wake(at=timezone.now() + WITHDRAW_AFTER)
        return True
    return False


def _done(booking: Booking, detail: str, *, withdrawn: bool = False) -> None:
    with transaction.atomic():
        Booking.objects.filter(id=booking.id).update(withdraw_nsi_at=None)
        if detail:
            BookingHistory.objects.create(
                booking=booking, from_state=booking.state, to_state=booking.state, detail=detail
            )
        if withdrawn:
            auditing.nsi_withdrawn(booking)
