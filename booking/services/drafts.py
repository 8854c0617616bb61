"""Changes to a draft."""

import uuid

from django.db.models import Exists, OuterRef
from django.utils import timezone

from booking.journey.journey import Journey
from booking.models import Booking, BookingState, Draft
from booking.services import counting
from booking.services.delivery import cancellation

# Where a journey stands once every question is answered.
CHECK = "check"


class WaitingForBooking(Exception):
    """The draft's booking may have been made, so its answers cannot change until that is known."""


def save_answers(*, draft: Draft, journey: Journey) -> None:
    """Keep a journey's answers. Raises WaitingForBooking while the outcome of confirming earlier ones is unknown."""
    unfinished = journey.first_unfinished
    draft.answers = dict(journey.raw)
    draft.step = unfinished.slug if unfinished else CHECK
    draft.started_on = draft.started_on or timezone.localdate()
    if draft.pk is None:
        # Two first answers may come at once: the later one is kept, in the one draft that there is.
        Draft.objects.bulk_create(
            [draft],
            update_conflicts=True,
            unique_fields=["user", "crn"],
            update_fields=["answers", "step", "updated_at"],
        )
    elif not _keep_where_nothing_is_confirmed(draft):
        _detach(draft)
        draft.started_on = draft.started_on or timezone.localdate()
        draft.save()


def discard(*, draft: Draft) -> None:
    """Forget a draft. Raises WaitingForBooking while the outcome of confirming it is unknown."""
    if draft.pk is None:
        return
    _detach(draft)
    counting.end(Draft.objects.filter(id=draft.id), on=timezone.localdate())


def _keep_where_nothing_is_confirmed(draft: Draft) -> bool:
    """Keep a draft's answers if its booking does not exist, in one statement; return whether that was so."""
    unconfirmed = Draft.objects.filter(pk=draft.pk).exclude(Exists(Booking.objects.filter(id=OuterRef("booking_id"))))
    return bool(
        unconfirmed.update(
            answers=draft.answers, step=draft.step, started_on=draft.started_on, updated_at=timezone.now()
        )
    )


def _detach(draft: Draft) -> None:
    """Give the draft a new identity if the booking it stands for exists and is over."""
    if not Booking.objects.filter(id=draft.booking_id).exists():
        return
    if Booking.objects.filter(series_id=draft.booking_id, state=BookingState.SUBMITTED).exists():
        raise WaitingForBooking(draft.booking_id)
    if not cancellation.let_go(draft.booking_id):
        raise WaitingForBooking(draft.booking_id)
    draft.booking_id = uuid.uuid4()
    if not Draft.objects.filter(id=draft.id).exists():
        # It was finished after all, and is counted: what is answered now begins another journey.
        draft.started_on = None
