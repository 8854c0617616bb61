"""An appointment and its repeats."""

import time
import uuid
from typing import Any

from django.utils import timezone

from booking.forms.steps import OTHER_TYPE
from booking.models import Booking, BookingState, Draft
from booking.services.delivery import cancellation, processing
from booking.services.drafts import DraftLocked
from cases.forms import NO_OFFICE
from cases.presenters.appointment_types import FEATURED_NAMES
from govuk.formats import clock

# Time limit for a request that makes repeats; a worker makes the rest.
MAX_WAIT_SECONDS = 8


def run(series_id: uuid.UUID, *, is_new: bool = False) -> None:
    """Process the bookings of a series synchronously, for at most MAX_WAIT_SECONDS.

    In order of date, since the repeats use the first one's NSI. Where one stays under way, a worker does the rest.
    `is_new` says that the bookings were created for this call.
    """
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    under_way = Booking.objects.filter(series_id=series_id, state=BookingState.SUBMITTED).order_by("start")
    for booking_id in under_way.values_list("id", flat=True):
        # Read one by one: the first of them may have given the others its NSI.
        booking = Booking.objects.select_related("user").get(id=booking_id)
        booking = processing.process(booking, is_new=is_new and booking_id == series_id)
        if booking.is_under_way or time.monotonic() > deadline:
            return


def cancel_unsent(series_id: uuid.UUID) -> None:
    """Cancel the bookings of a series whose appointments were not sent."""
    for booking in Booking.objects.filter(series_id=series_id, state=BookingState.SUBMITTED):
        cancellation.cancel_unsent(booking.id)


def arrange_again(booking: Booking) -> None:
    """Create a draft with the answers of one booking of a series, to arrange it for another time.

    Raises DraftLocked where the user has another booking under way for the same case.
    """
    draft, _ = Draft.objects.get_or_create(user=booking.user, crn=booking.crn)
    if Booking.objects.filter(id=draft.booking_id, state=BookingState.SUBMITTED).exists():
        raise DraftLocked(draft.booking_id)
    draft.answers = _answers(booking)
    draft.booking_id = uuid.uuid4()
    # The page asks for another time; everything else is answered.
    draft.step = "when"
    draft.started_on = draft.started_on or timezone.localdate()
    draft.save()


def _type(code: str) -> dict[str, str]:
    return {"type": code} if code in FEATURED_NAMES else {"type": OTHER_TYPE, "other": code}


def _answers(booking: Booking) -> dict[str, dict[str, Any]]:
    start, end = timezone.localtime(booking.start), timezone.localtime(booking.end)
    answers: dict[str, dict[str, Any]] = {
        "team": {"team": booking.team_code},
        "type": _type(booking.type_code),
        "rar": {"rar": "yes" if booking.counts_towards_rar else "no"},
        "sentence": {"sentence": str(booking.event_id)},
        "where": {"office": booking.office_code or NO_OFFICE},
        "when": {
            "date_day": str(start.day),
            "date_month": str(start.month),
            "date_year": str(start.year),
            "start_time": clock(start.time()),
            "end_time": clock(end.time()),
        },
        "repeat": {"repeat": "no"},
        "notes": {"notes": booking.notes},
        "sensitive": {"sensitive": "yes" if booking.sensitive else "no"},
    }
    if booking.counts_towards_rar:
        answers["requirement"] = {"requirement": f"{booking.event_id}-{booking.requirement_id}"}
        answers["toolkit"] = {"toolkit": booking.toolkit_slug}
    return answers
