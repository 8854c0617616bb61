"""Confirming a draft's answers, and taking that back while it still can be."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking import auditing
from booking.journey.request import AppointmentRequest
from booking.models import Booking, BookingHistory, BookingState, Draft
from booking.services import counting, schedule
from booking.services.leases import Busy, lease
from booking.services.states import AT_REST, UNDER_WAY, move
from delius.attempts import correlation_id


def submit(*, draft: Draft, requests: Sequence[AppointmentRequest], preferred_nsi_id: int | None = None) -> Booking:
    """Return the booking of a draft, writing it, and those of its repeats, if this is the first time it is confirmed.

    `requests` are the appointment and its repeats. `preferred_nsi_id` is the NSI that the page showed, where there was
    a choice. From here on the bookings are ours to finish: should this process die, a worker takes them on.
    """
    series_id = draft.booking_id if len(requests) > 1 else None
    now = timezone.now()
    # This process makes the first; a worker may take the repeats as soon as that must be over.
    first_due, repeats_due = now + timedelta(seconds=settings.BOOKING_LEASE_SECONDS), now + schedule.FIRST_DELAY
    bookings = [
        Booking(
            id=_booking_id(draft, request, first=number == 0),
            series_id=series_id,
            user=draft.user,
            correlation_id=correlation_id(),
            next_try_at=repeats_due if number else first_due,
            **_values(request, preferred_nsi_id),
        )
        for number, request in enumerate(requests)
    ]
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(bookings)
            BookingHistory.objects.bulk_create(
                BookingHistory(booking=booking, to_state=BookingState.SUBMITTED) for booking in bookings
            )
            for booking in bookings:
                auditing.booking_moved(booking, before="", to=BookingState.SUBMITTED)
            schedule.wake(at=first_due)
            if series_id:
                schedule.wake(at=repeats_due)
    except IntegrityError:
        return Booking.objects.get(id=draft.booking_id)
    return bookings[0]


def _booking_id(draft: Draft, request: AppointmentRequest, *, first: bool) -> uuid.UUID:
    """Return an identity that confirming the same answers twice gives twice."""
    return draft.booking_id if first else uuid.uuid5(draft.booking_id, request.start.isoformat())


def _values(request: AppointmentRequest, preferred_nsi_id: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {
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
    if toolkit := request.toolkit:
        values |= {
            "toolkit_name": toolkit.name,
            "toolkit_slug": toolkit.slug,
            "nsi_type_code": toolkit.nsi_type_code,
            "nsi_sub_type_code": toolkit.nsi_sub_type_code or "",
            "nsi_status_code": toolkit.nsi_status_code,
            "nsi_length": toolkit.nsi_length,
            "nsi_notes": toolkit.nsi_notes,
            "preferred_nsi_id": preferred_nsi_id,
        }
    return values


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

    Its answers are forgotten where they were booked, where somebody else settles the rest, or where repeats may be
    booked; they stay, for another try, where no appointment was made.
    """
    draft = Draft.objects.filter(booking_id=booking.id)
    may_be_tried_again = AT_REST - {BookingState.BOOKED, BookingState.SETTLED}
    if booking.state in may_be_tried_again and booking.series_id is None:
        draft.update(booking_id=uuid.uuid4())
    else:
        taken_back = booking.state == BookingState.CANCELLED
        counting.end(draft, made=None if taken_back else booking, on=timezone.localdate())


def outcomes_seen(*bookings: Booking) -> None:
    """Keep that the person who confirmed some bookings has been shown what became of them."""
    seen = [each.id for each in bookings if each.state in AT_REST and each.outcome_seen_at is None]
    if seen:
        Booking.objects.filter(id__in=seen).update(outcome_seen_at=timezone.now())


def booking_key(booking_id: Any) -> str:
    """Return the key of the lease under which a booking is worked on."""
    return f"booking:{booking_id}"
