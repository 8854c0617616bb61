"""Changes to a draft."""

import uuid

from booking.journey.journey import Journey
from booking.models import Booking, Draft
from booking.services import confirm
from booking.services.states import UNDER_WAY


class WaitingForBooking(Exception):
    """The draft's booking may have been made, so its answers cannot change until that is known."""


def save_answers(*, draft: Draft, journey: Journey) -> None:
    """Keep a journey's answers. Raises WaitingForBooking while the outcome of confirming earlier ones is unknown."""
    _detach(draft)
    draft.answers = dict(journey.raw)
    draft.save()


def discard(*, draft: Draft) -> None:
    """Forget a draft. Raises WaitingForBooking while the outcome of confirming it is unknown."""
    _detach(draft)
    draft.delete()


def _detach(draft: Draft) -> None:
    """Give the draft a new identity if the booking it stands for exists and is over."""
    if not Booking.objects.filter(id=draft.booking_id).exists():
        return
    if Booking.objects.filter(series_id=draft.booking_id, state__in=UNDER_WAY).exists():
        raise WaitingForBooking(draft.booking_id)
    if not confirm.let_go(draft.booking_id):
        raise WaitingForBooking(draft.booking_id)
    draft.booking_id = uuid.uuid4()
