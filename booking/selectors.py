"""Queries of drafts, bookings and journey counts."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.utils import timezone

from booking.models import Booking, BookingState, Draft, JourneyCount, JourneyEvent
from booking.services.journey_counts import ABANDONED_AFTER
from govuk.compiled_queries import CompiledQuery, as_model

DRAFT = CompiledQuery(lambda: Draft.objects.filter(user_id=0).filter(crn=""))
DRAFT_WITH_BOOKING = CompiledQuery(
    lambda: (
        Draft.objects.filter(user_id=0)
        .filter(crn="")
        .annotate(
            is_being_saved=Exists(Booking.objects.filter(id=OuterRef("booking_id"), state=BookingState.SUBMITTED))
        )
    ),
    given=(2, 3),
)
UNDER_WAY = CompiledQuery(
    lambda: (
        Booking.objects.filter(outcome_seen_at=None, user_id=0)
        .exclude(state=BookingState.CANCELLED)
        .values_list("crn", "state", "created_at", "id", "series_id", "start")
        .union(
            Draft.objects.filter(user_id=0)
            .exclude(answers={})
            .values_list("crn", Value(""), "created_at", F("booking_id"), F("booking_id"), F("created_at")),
            all=True,
        )
    ),
    given=(0, 3),
)


def draft_of(*, user_id: int, crn: str) -> Draft:
    """Return the user's draft for a case, or a new one that is not saved."""
    found = DRAFT.first(user_id, crn)
    return as_model(Draft, found) if found else Draft(user_id=user_id, crn=crn)


def draft_with_booking(*, user_id: int, crn: str) -> tuple[Draft, uuid.UUID | None]:
    """Return the user's draft for a case, and the id of its booking where that is under way."""
    found = DRAFT_WITH_BOOKING.first(user_id, crn)
    if found is None:
        return Draft(user_id=user_id, crn=crn), None
    *columns, is_being_saved = found
    draft = as_model(Draft, columns)
    return draft, draft.booking_id if is_being_saved else None


def booking_of(*, user_id: int, crn: str, booking_id: uuid.UUID) -> Booking | None:
    """Return one of the user's own bookings for a case, or None."""
    return Booking.objects.filter(user_id=user_id, crn=crn, id=booking_id).select_related("user").first()


def last_hour_booking(*, user_id: int, crn: str) -> Booking | None:
    """Return the user's latest booking for a case, confirmed within the last hour, or None."""
    since = timezone.now() - timedelta(hours=1)
    return Booking.objects.filter(user_id=user_id, crn=crn, created_at__gt=since).order_by("-created_at").first()


def own_series(*, user_id: int, crn: str, booking_id: uuid.UUID) -> list[Booking]:
    """Return the series of one of the user's own bookings for a case by date, or that alone; none for another user's.

    One query for a booking alone and for the first of a series.
    """
    known = Booking.objects.filter(Q(id=booking_id) | Q(series_id=booking_id), user_id=user_id, crn=crn)
    found = list(known.order_by("start"))
    asked_for = next((each for each in found if each.id == booking_id), None)
    if asked_for is None:
        return []
    return found if asked_for.series_id in {None, booking_id} else series_of(asked_for)


def series_of(booking: Booking) -> list[Booking]:
    """Return the bookings of a booking's series by date, or the booking alone."""
    if booking.series_id is None:
        return [booking]
    return list(Booking.objects.filter(series_id=booking.series_id).order_by("start"))


@dataclass(frozen=True)
class WorkUnderWay:
    """A user's bookings whose outcome is unknown or has not been shown to them, the oldest first, and their drafts.

    The bookings have id, series, CRN, state and start alone. `drafts` are the CRNs of drafts with answers.
    """

    bookings: list[Booking]
    drafts: frozenset[str]


def work_under_way(*, user_id: int) -> WorkUnderWay:
    """Return a user's bookings and drafts of all cases, in one query."""
    found = sorted(UNDER_WAY.rows(user_id, user_id), key=itemgetter(2))
    return WorkUnderWay(
        bookings=[
            Booking(id=id_, series_id=series_id, crn=crn, state=state, start=start)
            for crn, state, _, id_, series_id, start in found
            if state
        ],
        drafts=frozenset(crn for crn, state, *_ in found if not state),
    )


def journeys_between(first: date, last: date) -> dict[JourneyEvent, Counter[str]]:
    """Return the number of journey events by detail, from one day to another, both included.

    The sum of the counts of ended journeys and of existing drafts: those started on these days, and those last updated
    on them and not since for ABANDONED_AFTER.
    """
    found: dict[JourneyEvent, Counter[str]] = {event: Counter() for event in JourneyEvent}
    counted = JourneyCount.objects.filter(day__gte=first, day__lte=last).order_by()
    for event, detail, number in counted.values_list("event", "detail").annotate(Sum("number")):
        found[JourneyEvent(event)][detail] += number
    found[JourneyEvent.STARTED][""] += _open_journeys().filter(started_on__gte=first, started_on__lte=last).count()
    touched = _open_journeys().filter(updated_at__gte=_midnight(first), updated_at__lt=_midnight(last + timedelta(1)))
    left = touched.filter(updated_at__lt=timezone.now() - ABANDONED_AFTER)
    for step, number in left.values_list("step").annotate(Count("id")):
        found[JourneyEvent.ABANDONED][step] += number
    return found


def journeys_under_way() -> int:
    """Return the number of drafts with an answer that were updated within ABANDONED_AFTER."""
    return _open_journeys().filter(updated_at__gte=timezone.now() - ABANDONED_AFTER).count()


def journeys_ever() -> dict[JourneyEvent, int]:
    """Return the total number of journeys started and finished (monotonic counters)."""
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
