"""Confirming a draft's answers, and taking that back while it still can be."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.journey.request import AppointmentRequest
from booking.models import Booking, BookingHistory, BookingState, Draft
from booking.services import schedule
from booking.services.leases import Busy, lease
from booking.services.states import AT_REST, UNDER_WAY, move


def submit(*, draft: Draft, request: AppointmentRequest, preferred_nsi_id: int | None = None) -> Booking:
    """Return the booking of a draft, writing it first if this is the first time it is confirmed.

    `preferred_nsi_id` is the NSI that the page showed, where there was a choice. From here on the booking is ours to
    finish: should this process die, a worker takes it on once its lease has lapsed.
    """
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
            "preferred_nsi_id": preferred_nsi_id,
        }
    try:
        with transaction.atomic():
            booking = Booking.objects.create(id=draft.booking_id, **values)
            BookingHistory.objects.create(booking=booking, to_state=BookingState.SUBMITTED)
            schedule.next_try(booking, at=timezone.now() + timedelta(seconds=settings.BOOKING_LEASE_SECONDS))
    except IntegrityError:
        return Booking.objects.get(id=draft.booking_id)
    return booking


def let_go(booking_id: Any) -> bool:
    """Return whether the draft that a booking was made from may now go its own way.

    It may where the booking is no longer under way. One that certainly made no appointment is cancelled. It may not
    while somebody is at work on the booking, or while it is not known whether it made an appointment.
    """
    try:
        with lease(booking_key(booking_id), wait_seconds=0):
            booking = Booking.objects.get(id=booking_id)
            if booking.state in UNDER_WAY and may_cancel(booking):
                move(booking, BookingState.CANCELLED, detail="Taken back before an appointment was made.")
            if booking.state in UNDER_WAY:
                return False
            release_draft(booking)
            return True
    except Busy:
        return False


def may_cancel(booking: Booking) -> bool:
    """Return whether a booking has certainly made no appointment, and nothing that could make one is under way."""
    return booking.state in {BookingState.SUBMITTED, BookingState.NSI_READY} and booking.sent_at is None


def release_draft(booking: Booking) -> None:
    """Free the draft that a booking was made from, once the booking is no longer under way.

    Its answers are forgotten where they were booked, or where somebody else settles the rest; they stay, for another
    try, where no appointment was made.
    """
    draft = Draft.objects.filter(booking_id=booking.id)
    if booking.state in AT_REST - {BookingState.BOOKED, BookingState.SETTLED}:
        draft.update(booking_id=uuid.uuid4())
    else:
        draft.delete()


def outcome_seen(booking: Booking) -> None:
    """Keep that the person who confirmed a booking has been shown what became of it."""
    if booking.state in AT_REST and booking.outcome_seen_at is None:
        Booking.objects.filter(id=booking.id).update(outcome_seen_at=timezone.now())


def booking_key(booking_id: Any) -> str:
    """Return the key of the lease under which a booking is worked on."""
    return f"booking:{booking_id}"
