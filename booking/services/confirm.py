"""Submission of confirmed drafts as bookings."""

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
from booking.services.delivery import retry
from booking.services.states import FINAL_STATES
from delius.http.attempts import correlation_id
from delius.retries import FIRST_DELAY


def submit(
    *,
    draft: Draft,
    requests: Sequence[AppointmentRequest],
    shown: ShownNsi | None = None,
    allow_overlap: bool = False,
) -> tuple[Booking, bool]:
    """Create the bookings of a draft; return the first, and whether it is new. Idempotent by the draft's booking id.

    `requests` are the appointment and its repeats; those that count towards RAR use the NSI that was `shown`, if there
    was one. A resume task is enqueued in the same transaction, so a worker finishes the bookings after a crash.
    """
    series_id = draft.booking_id if len(requests) > 1 else None
    now = timezone.now()
    # This process sends the first; a worker may send the repeats, and all of them after a crash.
    due = now + FIRST_DELAY * 3
    bookings = [
        _booking(draft, request, series_id=series_id, number=number, shown=shown, allow_overlap=allow_overlap)
        for number, request in enumerate(requests)
    ]
    for booking in bookings:
        booking.next_try_at = due
    first = bookings[0]
    first.sent_at = now
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(bookings)
            auditing.bookings_submitted(bookings)
            retry.enqueue_resume(at=due)
            if first.nsi_id:
                duplicates.record(first, other_ids=shown.other_ids if shown else ())
    except IntegrityError:
        return Booking.objects.select_related("user").get(id=draft.booking_id), False
    return first, True


def mark_outcomes_seen(*bookings: Booking) -> None:
    """Record that the outcomes of bookings in a final state have been shown to their user."""
    seen = [each.id for each in bookings if each.state in FINAL_STATES and each.outcome_seen_at is None]
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
    # Deterministic, so that confirming the same draft again is idempotent, also after a restore from backup.
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
        type_name=_truncated(request.type_name, "type_name"),
        start=request.start,
        end=request.end,
        office_code=request.office_code,
        office_name=_truncated(request.office_name, "office_name"),
        notes=request.notes,
        sensitive=request.sensitive,
        allow_overlap=allow_overlap,
        **values,
    )


def _truncated(name: str, field: str) -> str:
    """Return a name from Delius, which may be of any length, truncated to the length of a field of a booking."""
    column = Booking._meta.get_field(field)
    assert isinstance(column, CharField)
    return name[: column.max_length]
