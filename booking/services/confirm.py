"""From confirmed answers to an appointment in Delius.

A booking's row is written before anything is sent. Each step can be run again from where the booking stands;
what is unknown is read back before it is sent again.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.formats import LONDON
from booking.journey.request import AppointmentRequest
from booking.models import Booking, BookingHistory, BookingState, Draft
from booking.services.leases import Busy, lease
from booking.services.states import AT_REST, move
from delius import contacts, nsis, selectors
from delius.errors import Clash, Forbidden, NotFound, Refused, Unavailable
from delius.nsis import NsiTypeDefaults
from delius.records import Event
from delius.writes import NewAppointment, Officer

# How long after sending something we still allow for Delius to be working on it, before "not there" means "not done".
SETTLING_PERIOD = timedelta(seconds=30)

NOT_ALLOWED = "Your Delius account is not allowed to record this for this team."
NO_LONGER_THERE = "Delius no longer has the sentence or requirement this was for."


def submit(*, draft: Draft, request: AppointmentRequest) -> Booking:
    """Return the booking of a draft, writing it first if this is the first time it is confirmed."""
    toolkit = request.toolkit
    values: dict[str, Any] = {
        "user": draft.user,
        "crn": request.crn,
        "event_id": request.event.event_id,
        "event_referral_date": request.event.referral_date,
        "requirement_id": request.requirement_id,
        "provider_code": request.officer.provider_code,
        "team_code": request.officer.team_code,
        "staff_code": request.officer.staff_code,
        "type_code": request.type_code,
        "type_name": request.type_name,
        "start": request.start,
        "end": request.end,
        "office_code": request.office_code,
        "office_name": request.office_name,
        "notes": request.notes,
        "sensitive": request.sensitive,
    }
    if toolkit:
        values |= {
            "toolkit_name": toolkit.name,
            "nsi_type_code": toolkit.nsi_type_code,
            "nsi_sub_type_code": toolkit.nsi_sub_type_code or "",
            "nsi_status_code": toolkit.nsi_status_code,
            "nsi_length": toolkit.nsi_length,
            "nsi_notes": toolkit.nsi_notes,
        }
    try:
        with transaction.atomic():
            booking = Booking.objects.create(id=draft.booking_id, **values)
            BookingHistory.objects.create(booking=booking, to_state=BookingState.SUBMITTED)
    except IntegrityError:
        return Booking.objects.get(id=draft.booking_id)
    return booking


def run(booking_id: Any) -> Booking:
    """Take a booking as far as it goes now, and return it.

    Raises Unavailable where Delius did not answer and certainly wrote nothing: the booking stays where it stood
    and can be run again. Raises booking.services.leases.Busy where another process is at work on it.
    """
    with lease(_key(booking_id)):
        booking = Booking.objects.get(id=booking_id)
        if booking.sent_at and booking.state in {BookingState.SUBMITTED, BookingState.NSI_READY}:
            move(booking, BookingState.UNCERTAIN, detail="The process ended before it had an answer")
        if booking.state == BookingState.UNCERTAIN:
            _read_back(booking)
        if booking.state == BookingState.SUBMITTED and booking.counts_towards_rar:
            _ready_nsi(booking)
        if booking.state == BookingState.NSI_READY or (
            booking.state == BookingState.SUBMITTED and not booking.counts_towards_rar
        ):
            _create_appointment(booking)
        if booking.state == BookingState.BOOKED:
            Draft.objects.filter(booking_id=booking.id).delete()
            selectors.forget_case(booking.crn)
        if booking.state == BookingState.REFUSED:
            Draft.objects.filter(booking_id=booking.id).update(booking_id=uuid.uuid4())
        return booking


def let_go(booking_id: Any) -> bool:
    """Return whether the draft that a booking was made from may now go its own way.

    It may where the booking is at rest. One of which certainly nothing was sent is cancelled. It may not while
    somebody is at work on the booking, or while it is not known whether it made an appointment.
    """
    try:
        with lease(_key(booking_id), wait_seconds=0):
            booking = Booking.objects.get(id=booking_id)
            if booking.state in AT_REST:
                return True
            if booking.state == BookingState.UNCERTAIN or booking.sent_at:
                return False
            move(booking, BookingState.CANCELLED, detail="The answers were changed before anything was booked.")
            return True
    except Busy:
        return False


def _key(booking_id: Any) -> str:
    return f"booking:{booking_id}"


def _ready_nsi(booking: Booking) -> None:
    now = timezone.now()
    key = f"nsi:{booking.crn}:{booking.event_id}:{booking.requirement_id}:{booking.nsi_type_code}"
    assert booking.requirement_id is not None
    try:
        with lease(key):
            _put_on_record(booking, sent_at=now)
            found = nsis.find_or_create_nsi(
                crn=booking.crn,
                event=Event.for_writing(event_id=booking.event_id, referral_date=booking.event_referral_date),
                requirement_id=booking.requirement_id,
                nsi_type=_nsi_type(booking),
                officer=_officer(booking),
                username=booking.user.username,
                urn=booking.urn,
                now=now,
                today=now.astimezone(LONDON).date(),
            )
    except Unavailable as fault:
        _unknown_or_raise(booking, fault, what="NSI")
    except (Refused, Clash, Forbidden, NotFound) as answer:
        _refuse(booking, answer)
    else:
        move(
            booking,
            BookingState.NSI_READY,
            detail=f"NSI {found.nsi_id} {'created' if found.created else 'reused'}",
            nsi_id=found.nsi_id,
            nsi_created=found.created,
            sent_at=None,
        )


def _create_appointment(booking: Booking) -> None:
    _put_on_record(booking, sent_at=timezone.now())
    try:
        created = contacts.create_appointment(
            crn=booking.crn,
            event_id=booking.event_id,
            appointment=NewAppointment(
                type_code=booking.type_code,
                start=booking.start,
                end=booking.end,
                officer=_officer(booking),
                office_code=booking.office_code,
                notes=booking.notes,
                sensitive=booking.sensitive,
                nsi_id=booking.nsi_id,
            ),
            username=booking.user.username,
        )
    except Unavailable as fault:
        _unknown_or_raise(booking, fault, what="appointment")
    except Clash as clash:
        _clashed(booking, clash)
    except (Refused, Forbidden, NotFound) as answer:
        _refuse(booking, answer)
    else:
        move(
            booking,
            BookingState.BOOKED,
            detail=f"Appointment {created.appointment_id} created",
            appointment_id=created.appointment_id,
            sent_at=None,
        )


def _clashed(booking: Booking, clash: Clash) -> None:
    """A clash on something that may have been sent before may be with the appointment that we ourselves made."""
    sent_before = booking.history.filter(to_state=BookingState.UNCERTAIN).exists()
    if sent_before and (found := _appointment_in_delius(booking)):
        move(booking, BookingState.BOOKED, detail=f"Appointment {found} was ours", appointment_id=found, sent_at=None)
        return
    move(
        booking,
        BookingState.REFUSED,
        detail="Clash with another appointment",
        reason=str(clash),
        clash=True,
        sent_at=None,
    )


def _refuse(booking: Booking, answer: Refused | Clash | Forbidden | NotFound) -> None:
    reasons = {Forbidden: NOT_ALLOWED, NotFound: NO_LONGER_THERE}
    reason = reasons.get(type(answer)) or str(answer)
    move(booking, BookingState.REFUSED, detail=type(answer).__name__, reason=reason, sent_at=None)


def _unknown_or_raise(booking: Booking, fault: Unavailable, *, what: str) -> None:
    if not fault.may_have_taken_effect:
        _put_on_record(booking, sent_at=None)
        raise fault
    move(booking, BookingState.UNCERTAIN, detail=f"No answer to creating the {what}")


def _put_on_record(booking: Booking, *, sent_at: datetime | None) -> None:
    """Write down that something is about to be sent, or that it certainly was not.

    Whoever finds a booking with a send on record, after a crash, reads back before sending anything.
    """
    booking.sent_at = sent_at
    booking.save(update_fields=["sent_at", "updated_at"])


def _read_back(booking: Booking) -> None:
    """Find out what became of what we sent; go back a step only when it is certain that it was not done."""
    if booking.counts_towards_rar and booking.nsi_id is None:
        assert booking.requirement_id is not None
        nsi = nsis.find_nsi(
            crn=booking.crn,
            event_id=booking.event_id,
            requirement_id=booking.requirement_id,
            nsi_type=_nsi_type(booking),
            urn=booking.urn,
        )
        if nsi:
            move(booking, BookingState.NSI_READY, detail=f"NSI {nsi.nsi_id} found", nsi_id=nsi.nsi_id, sent_at=None)
        elif _has_settled(booking):
            move(booking, BookingState.SUBMITTED, detail="No NSI was made", sent_at=None)
        return
    found = _appointment_in_delius(booking)
    if found:
        move(booking, BookingState.BOOKED, detail=f"Appointment {found} found", appointment_id=found, sent_at=None)
    elif _has_settled(booking):
        before = BookingState.NSI_READY if booking.counts_towards_rar else BookingState.SUBMITTED
        move(booking, before, detail="No appointment was made", sent_at=None)


def _appointment_in_delius(booking: Booking) -> int | None:
    found = contacts.find_appointment(
        crn=booking.crn, type_code=booking.type_code, start=booking.start, end=booking.end
    )
    return found.appointment_id if found else None


def _has_settled(booking: Booking) -> bool:
    return booking.sent_at is None or timezone.now() - booking.sent_at > SETTLING_PERIOD


def _nsi_type(booking: Booking) -> NsiTypeDefaults:
    return NsiTypeDefaults(
        type_code=booking.nsi_type_code,
        sub_type_code=booking.nsi_sub_type_code or None,
        status_code=booking.nsi_status_code,
        length=booking.nsi_length,
        notes=booking.nsi_notes,
    )


def _officer(booking: Booking) -> Officer:
    return Officer(provider_code=booking.provider_code, team_code=booking.team_code, staff_code=booking.staff_code)
