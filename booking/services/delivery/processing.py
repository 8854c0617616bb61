"""Processing of a booking: ensures its NSI in Delius, then puts its appointment.

Both are idempotent: each is a PUT by a reference stored with the booking, so an attempt with an unknown outcome is
repeated as it was, at any time and by any number of processes.
"""

from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking.models import Booking, BookingState, UpstreamAttempt
from booking.services import duplicates
from booking.services.delivery import retry
from booking.services.delivery.refusals import refusal
from booking.services.delivery.withdrawal import schedule_withdrawal
from booking.services.draft_release import release_draft
from booking.services.states import transition
from cases.delivery.attempts import AttemptLog
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update
from cases.delivery.run import Run, schedule_retry
from delius import selectors
from delius.errors import (
    Conflict,
    ConflictReason,
    DeliusContractError,
    LimitedAccess,
    NotFound,
    Refused,
    Unavailable,
)
from delius.http.attempts import recorded_by
from delius.london import today
from delius.records import Appointment
from delius.request_bodies import Officer
from delius.writes import appointments, nsis
from delius.writes.appointments import NewAppointment
from delius.writes.nsis import NsiTypeDefaults

# An NSI and an appointment, and one more where the NSI has been closed or deleted in Delius meanwhile. Reading an
# appointment that was changed in Delius is not counted.
MAX_CALLS = 3

logger = structlog.get_logger(__name__)


def process(booking: Booking, *, is_new: bool = False, try_counted: bool = False) -> Booking:
    """Send a submitted booking to Delius, and return it in its new state.

    `is_new` says that it was created for this call. Where Delius does not answer it stays submitted and a retry is
    scheduled. A try that the caller has counted (`try_counted`) is refunded where the circuit is open, because nothing
    was sent. Safe to call concurrently.
    """
    if booking.state == BookingState.SUBMITTED:
        may_be_in_delius = booking.sent_at is not None and not is_new
        log = AttemptLog(UpstreamAttempt, booking=booking)
        run = Run(booking, log, is_new=is_new, may_be_in_delius=may_be_in_delius)
        try:
            with recorded_by(run.log):
                _send(run)
        except ConcurrentUpdate:
            booking.refresh_from_db()
            run.log.write()
        except (Unavailable, DeliusContractError) as fault:
            schedule_retry(
                run,
                fault,
                name="booking",
                try_counted=try_counted,
                enqueue_resume=retry.enqueue_resume,
                **_nsi_fields(booking),
            )
    else:
        release_draft(booking)
    return booking


def _send(run: Run) -> None:
    """Make at most MAX_CALLS calls to Delius. Raises ConcurrentUpdate, and Unavailable where a retry is needed."""
    booking = run.row
    was_closed = False
    for _ in range(MAX_CALLS):
        needs_nsi = booking.counts_towards_rar and booking.nsi_id is None
        try:
            if needs_nsi:
                _ensure_nsi(booking)
            else:
                _put_appointment(run)
                return
        except Conflict as conflict:
            if needs_nsi and conflict.reason is ConflictReason.REFERENCE_SPENT:
                _replace_nsi_reference(booking)
            elif conflict.reason is ConflictReason.NSI_CLOSED and not was_closed:
                was_closed = True
                conditional_update(booking, nsi_id=None, nsi_created=False)
            elif conflict.reason is ConflictReason.NSI_CLOSED:
                raise Unavailable("putAppointment") from None
            elif conflict.reason is ConflictReason.REFERENCE_SPENT:
                _book_existing(run, conflict)
                return
            else:
                _refuse(run, conflict)
                return
        except (LimitedAccess, NotFound) as answer:
            # Neither says whether an earlier try made the appointment; a refusal would.
            if run.may_be_in_delius:
                _mark_needs_attention(run, answer)
            else:
                _refuse(run, answer)
            return
        except Refused as answer:
            _refuse(run, answer)
            return
    raise Unavailable("putAppointment")


def _ensure_nsi(booking: Booking) -> None:
    assert booking.requirement_id is not None
    assert booking.nsi_reference is not None
    ensured = nsis.ensure_nsi(
        crn=booking.crn,
        reference=booking.nsi_reference,
        event_id=booking.event_id,
        requirement_id=booking.requirement_id,
        nsi_type=NsiTypeDefaults(
            type_code=booking.nsi_type_code,
            sub_type_code=booking.nsi_sub_type_code,
            status_code=booking.nsi_status_code,
            length=booking.nsi_length,
            notes=booking.nsi_notes,
        ),
        officer=_officer(booking),
        username=booking.user.username,
        today=today(),
    )
    if not ensured.nsi.is_open:
        # It has our reference, and was ended in Delius since.
        _replace_nsi_reference(booking)
        return
    # Saved with the outcome of the appointment: after a crash the same reference finds the same NSI.
    booking.nsi_id = ensured.nsi.nsi_id
    booking.nsi_created = ensured.nsi.external_reference == f"{nsis.NAMESPACE}{booking.nsi_reference}"
    if booking.series_id:
        Booking.objects.filter(
            series_id=booking.series_id,
            state=BookingState.SUBMITTED,
            requirement_id=booking.requirement_id,
            nsi_type_code=booking.nsi_type_code,
            nsi_id=None,
        ).update(nsi_id=ensured.nsi.nsi_id)
    if ensured.other_ids:
        logger.warning("nsi_duplicates", nsi=ensured.nsi.nsi_id, others=list(ensured.other_ids))
    duplicates.record(booking, other_ids=ensured.other_ids)


def _replace_nsi_reference(booking: Booking) -> None:
    """Give the booking a new NSI reference, because the NSI with the old one was ended or deleted."""
    logger.warning("nsi_reference_replaced", booking=str(booking.id))
    old = Q(nsi_reference=booking.nsi_reference)
    conditional_update(booking, only_if=old, nsi_reference=uuid4(), nsi_id=None, nsi_created=False)


def _put_appointment(run: Run) -> None:
    booking = run.row
    assert booking.appointment_reference is not None
    if booking.sent_at is None or not run.is_new:
        # From here on it cannot be cancelled: the appointment may be in Delius whatever the response. Where another
        # process has set `sent_at` since the booking was read, that process is sending it.
        conditional_update(booking, only_if=Q(sent_at=booking.sent_at), sent_at=timezone.now(), **_nsi_fields(booking))
    try:
        made = appointments.put_appointment(
            crn=booking.crn,
            reference=booking.appointment_reference,
            appointment=NewAppointment(
                event_id=booking.event_id,
                type_code=booking.type_code,
                start=booking.start,
                end=booking.end,
                officer=_officer(booking),
                office_code=booking.office_code,
                notes=booking.notes,
                sensitive=booking.sensitive,
                nsi_id=booking.nsi_id,
                allow_overlap=booking.allow_overlap,
            ),
            username=booking.user.username,
        )
    except (Unavailable, DeliusContractError) as fault:
        run.not_answered(fault)
        raise
    _book(run, made)


def _book_existing(run: Run, conflict: Conflict) -> None:
    """Book the appointment that has the reference and was changed in Delius since; refuse where it was deleted."""
    booking = run.row
    assert booking.appointment_reference is not None
    try:
        there = appointments.appointment_by_reference(
            crn=booking.crn, reference=booking.appointment_reference, username=booking.user.username
        )
    except NotFound:
        _refuse(run, conflict)
    except LimitedAccess as answer:
        _mark_needs_attention(run, answer)
    else:
        _book(run, there)


def _book(run: Run, made: Appointment) -> None:
    booking = run.row
    with transaction.atomic():
        nsi = f", on NSI {booking.nsi_id}{' made for it' if booking.nsi_created else ''}" if booking.nsi_id else ""
        transition(
            booking,
            BookingState.BOOKED,
            detail=f"Appointment {made.contact_id}{nsi}",
            appointment_id=made.contact_id,
            sent_at=None,
            **_nsi_fields(booking),
        )
        run.log.write()
        release_draft(booking)
    selectors.invalidate_appointments(booking.crn, username=booking.user.username)


def _mark_needs_attention(run: Run, answer: LimitedAccess | NotFound) -> None:
    """Leave to support a booking whose appointment may be in Delius but can no longer be read."""
    with transaction.atomic():
        transition(
            run.row,
            BookingState.NEEDS_ATTENTION,
            detail=f"Sent, and then {type(answer).__name__}",
            **_nsi_fields(run.row),
        )
        run.log.write()
        release_draft(run.row)


def _refuse(run: Run, answer: Refused | Conflict | LimitedAccess | NotFound) -> None:
    """Mark a booking as refused, and schedule the withdrawal of an NSI that it may have made."""
    booking = run.row
    with transaction.atomic():
        transition(
            booking,
            BookingState.REFUSED,
            detail=answer.reason.value if isinstance(answer, Conflict) else type(answer).__name__,
            clash=isinstance(answer, Conflict) and answer.reason is ConflictReason.OVERLAP,
            sent_at=None,
            withdraw_nsi_at=schedule_withdrawal(booking, is_new=run.is_new),
            **refusal(answer, of_nsi=booking.counts_towards_rar and booking.nsi_id is None),
            **_nsi_fields(booking),
        )
        run.log.write()
        release_draft(booking)
    if booking.clash:
        selectors.invalidate_appointments(booking.crn, username=booking.user.username)


def _nsi_fields(booking: Booking) -> dict[str, Any]:
    return {"nsi_id": booking.nsi_id, "nsi_created": booking.nsi_created}


def _officer(booking: Booking) -> Officer:
    return Officer(provider_code=booking.provider_code, team_code=booking.team_code, staff_code=booking.staff_code)
