"""Confirming a draft's answers."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField
from django.utils import timezone

from booking import auditing
from booking.journey.request import AppointmentRequest
from booking.journey.shown_nsi import ShownNsi
from booking.models import Booking, Draft
from booking.services import duplicates
from booking.services.delivery import schedule
from booking.services.states import AT_REST
from delius.http.attempts import correlation_id


def submit(
    *,
    draft: Draft,
    requests: Sequence[AppointmentRequest],
    shown: ShownNsi | None = None,
    allow_overlap: bool = False,
) -> tuple[Booking, bool]:
    """Return the booking of a draft, and whether it was written now: the first time that the draft is confirmed.

    `requests` are the appointment and its repeats; those that count towards RAR use the NSI that was `shown`, if there
    was one. From here on the bookings are ours to finish: should this process die, a worker takes them on.
    """
    series_id = draft.booking_id if len(requests) > 1 else None
    now = timezone.now()
    # This process sends the first; a worker may take the repeats, and all of them should it die.
    due = now + schedule.FIRST_DELAY * 3
    bookings = [
        _booking(draft, request, series_id=series_id, number=number, shown=shown, allow_overlap=allow_overlap)
        for number, request in enumerate(requests)
    ]
    for booking in bookings:
        booking.next_try_at = due
    # It is sent right after this.
    first = bookings[0]
    first.sent_at = now
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(bookings)
            auditing.bookings_submitted(bookings)
            schedule.wake(at=due)
    except IntegrityError:
        return Booking.objects.select_related("user").get(id=draft.booking_id), False
    if first.nsi_id:
        duplicates.note(first, other_ids=shown.other_ids if shown else ())
    return first, True


def outcomes_seen(*bookings: Booking) -> None:
    """Keep that the person who confirmed some bookings has been shown what became of them."""
    seen = [each.id for each in bookings if each.state in AT_REST and each.outcome_seen_at is None]
    if seen:
        Booking.objects.filter(id__in=seen).update(outcome_seen_at=timezone.now())


def _booking(
    draft: Draft,
    request: AppointmentRequest,
    *,
    series_id: uuid.UUID | None,
    number: int,
    shown: ShownNsi | None,
    allow_overlap: bool,
) -> Booking:
    values: dict[str, Any] = {}
    if toolkit := request.toolkit:
        values = {
            "toolkit_name": toolkit.name,
            "toolkit_slug": toolkit.slug,
            "nsi_type_code": toolkit.nsi_type_code,
            "nsi_sub_type_code": toolkit.nsi_sub_type_code or "",
            "nsi_status_code": toolkit.nsi_status_code,
            "nsi_length": toolkit.nsi_length,
            "nsi_notes": toolkit.nsi_notes,
            "nsi_id": shown.nsi_id if shown else None,
        }
    # Confirming the same answers twice gives the same twice, also from a draft that came back with a backup.
    identity = uuid.uuid5(draft.booking_id, request.start.isoformat()) if number else draft.booking_id
    return Booking(
        id=identity,
        appointment_reference=identity,
        series_id=series_id,
        user=draft.user,
        correlation_id=correlation_id(),
        crn=request.crn,
        event_id=request.event.event_id,
        requirement_id=request.requirement_id,
        provider_code=request.officer.provider_code,
        team_code=request.officer.team_code,
        staff_code=request.officer.staff_code,
        type_code=request.type_code,
        type_name=_cut(request.type_name, "type_name"),
        start=request.start,
        end=request.end,
        office_code=request.office_code,
        office_name=_cut(request.office_name, "office_name"),
        notes=request.notes,
        sensitive=request.sensitive,
        allow_overlap=allow_overlap,
        **values,
    )


def _cut(name: str, field: str) -> str:
    """Return a name of Delius's, which may be of any length, as far as a field of a booking has room."""
    column = Booking._meta.get_field(field)
    assert isinstance(column, CharField)
    return name[: column.max_length]
