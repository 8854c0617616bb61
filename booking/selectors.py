"""Reads of our own rows."""

import uuid
from collections import Counter
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from booking.models import Booking, BookingState, Draft, JourneyCount, JourneyEvent
from booking.services.counting import LEFT_AFTER


def draft_of(*, user_id: int, crn: str) -> Draft:
    """Return the person's draft for a case; a new one, which is not stored yet, where there is none."""
    return Draft.objects.filter(user_id=user_id, crn=crn).first() or Draft(user_id=user_id, crn=crn)


def draft_with_booking(*, user_id: int, crn: str) -> tuple[Draft, uuid.UUID | None]:
    """Return the person's draft for a case, and the booking made from it where that is under way."""
    under_way = Booking.objects.filter(id=OuterRef("booking_id"), state=BookingState.SUBMITTED)
    drafts = Draft.objects.filter(user_id=user_id, crn=crn).annotate(is_being_saved=Exists(under_way))
    if (found := drafts.first()) is None:
        return Draft(user_id=user_id, crn=crn), None
    return found, found.booking_id if found.is_being_saved else None


def cases_with_drafts(*, user_id: int) -> frozenset[str]:
    """Return the CRNs for which the person has answers waiting."""
    return frozenset(Draft.objects.filter(user_id=user_id).exclude(answers={}).values_list("crn", flat=True))


def booking_of(*, user_id: int, crn: str, booking_id: uuid.UUID) -> Booking | None:
    """Return one of the person's own bookings for a case, or None."""
    return Booking.objects.filter(user_id=user_id, crn=crn, id=booking_id).select_related("user").first()


def made_just_now(*, user_id: int, crn: str) -> Booking | None:
    """Return the person's latest booking for a case if they confirmed it within the last hour, or None."""
    since = timezone.now() - timedelta(hours=1)
    return Booking.objects.filter(user_id=user_id, crn=crn, created_at__gt=since).order_by("-created_at").first()


def series_of(booking: Booking) -> list[Booking]:
    """Return a booking with those of its series, by date; alone where it does not repeat."""
    if booking.series_id is None:
        return [booking]
    return list(Booking.objects.filter(series_id=booking.series_id).order_by("start"))


def bookings_with_news(*, user_id: int) -> list[Booking]:
    """Return the person's bookings that are not settled, or whose outcome they have not seen, the oldest first."""
    unseen = Booking.objects.filter(user_id=user_id, outcome_seen_at=None)
    return list(unseen.exclude(state=BookingState.CANCELLED).order_by("created_at"))


def journeys_between(first: date, last: date) -> dict[JourneyEvent, Counter[str]]:
    """Return how many journeys each thing happened to, by its detail, on some days, the first and the last included.

    Put together from what was counted as journeys ended, and from the drafts that are there: those that began on these
    days, and those that were last touched on them and have stood still since for LEFT_AFTER.
    """
    found: dict[JourneyEvent, Counter[str]] = {event: Counter() for event in JourneyEvent}
    counted = JourneyCount.objects.filter(day__gte=first, day__lte=last).order_by()
    for event, detail, number in counted.values_list("event", "detail").annotate(Sum("number")):
        found[JourneyEvent(event)][detail] += number
    found[JourneyEvent.STARTED][""] += _open_journeys().filter(started_on__gte=first, started_on__lte=last).count()
    touched = _open_journeys().filter(updated_at__gte=_midnight(first), updated_at__lt=_midnight(last + timedelta(1)))
    left = touched.filter(updated_at__lt=timezone.now() - LEFT_AFTER)
    for step, number in left.values_list("step").annotate(Count("id")):
        found[JourneyEvent.LEFT][step] += number
    return found


def journeys_under_way() -> int:
    """Return how many journeys have an answer, are not finished, and moved within LEFT_AFTER."""
    return _open_journeys().filter(updated_at__gte=timezone.now() - LEFT_AFTER).count()


def journeys_ever() -> dict[JourneyEvent, int]:
    """Return how many journeys were started and finished since there is a count: numbers that only grow."""
    counted = JourneyCount.objects.order_by().values_list("event").annotate(Sum("number"))
    ever = dict(counted.filter(event__in=(JourneyEvent.STARTED, JourneyEvent.FINISHED)))
    return {
        JourneyEvent.STARTED: ever.get(JourneyEvent.STARTED, 0) + _open_journeys().count(),
        JourneyEvent.FINISHED: ever.get(JourneyEvent.FINISHED, 0),
    }


def _open_journeys() -> QuerySet[Draft]:
    return Draft.objects.order_by().exclude(started_on=None)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
