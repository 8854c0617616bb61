"""Counting journeys: a draft carries what its journey is counted by, and is counted once, when it goes."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from booking.models import Booking, Draft, JourneyEvent
from toolkits.selectors import PLACEHOLDER_NSI_TYPE_CODE

# A journey that stands still for so long counts as left, until its draft moves again.
LEFT_AFTER = timedelta(days=7)
BATCH = 500
ROWS_AT_ONCE = 100

# Additions that meet are all kept. Django's bulk_create can only put a new number in place of the old one.
ADD = """
INSERT INTO booking_journeycount (day, event, detail, number) VALUES {rows}
ON CONFLICT (day, event, detail) DO UPDATE SET number = booking_journeycount.number + excluded.number
"""

Key = tuple[date, str, str]


def end(drafts: QuerySet[Draft], *, made: Booking | None = None, on: date | None = None) -> int:
    """Delete drafts and count the journeys that end with them, both or neither; return how many drafts there were.

    A journey is finished where `made` is the booking that it led to, and was left at its question otherwise: `on` a
    day, or on the day that its draft was last touched. A draft without an answer is no journey yet.
    """
    with transaction.atomic():
        ended = list(drafts.select_for_update().only("step", "started_on", "updated_at").order_by("id"))
        for start in range(0, len(ended), BATCH):
            Draft.objects.filter(id__in=[draft.id for draft in ended[start : start + BATCH]]).delete()
        counts: Counter[Key] = Counter()
        for draft in ended:
            if draft.started_on is None:
                continue
            counts[draft.started_on, JourneyEvent.STARTED, ""] += 1
            day = on or timezone.localdate(draft.updated_at)
            counts.update(_finished(made, day) if made else [(day, JourneyEvent.LEFT, draft.step)])
        _add(counts)
    return len(ended)


def _finished(made: Booking, day: date) -> list[Key]:
    found: list[Key] = [(day, JourneyEvent.FINISHED, "")]
    if not made.counts_towards_rar:
        return found
    if made.nsi_type_code == PLACEHOLDER_NSI_TYPE_CODE:
        return [*found, (day, JourneyEvent.WITH_NAT1, made.provider_code)]
    # Not together: which toolkits a provider uses is nobody's question here, and would be smaller numbers.
    return [
        *found,
        (day, JourneyEvent.TOOLKIT, made.toolkit_slug),
        (day, JourneyEvent.WITH_TOOLKIT, made.provider_code),
    ]


def _add(counts: Mapping[Key, int]) -> None:
    """Add to what was counted, always in the same order: two processes cannot each wait for the other's row."""
    rows = [(day, str(event), detail, number) for (day, event, detail), number in sorted(counts.items())]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        batch = rows[start : start + ROWS_AT_ONCE]
        placeholders = ", ".join(["(%s, %s, %s, %s)"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(rows=placeholders), [value for row in batch for value in row])
