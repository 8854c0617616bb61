"""Saving and discarding drafts."""

import uuid
from typing import cast

from django.db import connection
from django.db.models import Field
from django.utils import timezone

from booking.journey.journey import Journey
from booking.models import Booking, BookingState, Draft
from booking.services import journey_counts
from booking.services.delivery import cancellation

# The step of a draft with every question answered.
CHECK = "check"

# SQL, because every answer makes this statement: compiling one with a subquery takes Django longer than running it.
UPDATE_UNCONFIRMED = (
    "UPDATE booking_draft SET answers = %s, step = %s, started_on = %s, updated_at = %s WHERE id = %s "
    "AND NOT EXISTS (SELECT 1 FROM booking_booking WHERE booking_booking.id = booking_draft.booking_id)"
)


class DraftLocked(Exception):
    """The draft's booking is under way, so its answers cannot change until the outcome is known."""


def save_answers(*, draft: Draft, journey: Journey) -> None:
    """Save a journey's answers in its draft. Raises DraftLocked while the draft's booking is under way."""
    unfinished = journey.first_unfinished
    draft.answers = dict(journey.raw)
    draft.step = unfinished.slug if unfinished else CHECK
    draft.started_on = draft.started_on or timezone.localdate()
    if draft.pk is None:
        # Two first answers may arrive concurrently: the last write wins, in one row.
        Draft.objects.bulk_create(
            [draft],
            update_conflicts=True,
            unique_fields=["user", "crn"],
            update_fields=["answers", "step", "updated_at"],
        )
    elif not _update_unconfirmed(draft):
        _detach_from_booking(draft)
        draft.started_on = draft.started_on or timezone.localdate()
        draft.save()


def discard(*, draft: Draft) -> None:
    """Delete a draft. Raises DraftLocked while its booking is under way."""
    if draft.pk is None:
        return
    _detach_from_booking(draft)
    journey_counts.end(Draft.objects.filter(id=draft.id), on=timezone.localdate())


def _update_unconfirmed(draft: Draft) -> bool:
    """Update a draft that has no booking yet, in one conditional statement; return whether it was updated."""
    draft.updated_at = timezone.now()
    fields = [
        cast(Field, Draft._meta.get_field(name)) for name in ("answers", "step", "started_on", "updated_at", "id")
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE_UNCONFIRMED, [field.get_db_prep_save(getattr(draft, field.attname), connection) for field in fields]
        )
        return bool(cursor.rowcount)


def _detach_from_booking(draft: Draft) -> None:
    """Give the draft a new booking id if its booking exists, cancelling that where unsent. Raises DraftLocked."""
    if not Booking.objects.filter(id=draft.booking_id).exists():
        return
    if Booking.objects.filter(series_id=draft.booking_id, state=BookingState.SUBMITTED).exists():
        raise DraftLocked(draft.booking_id)
    if not cancellation.cancel_unsent(draft.booking_id):
        raise DraftLocked(draft.booking_id)
    draft.booking_id = uuid.uuid4()
    if not Draft.objects.filter(id=draft.id).exists():
        # Its journey was counted when the row was deleted: this answer starts another one.
        draft.started_on = None
