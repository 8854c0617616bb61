"""Journey counts: each draft is counted once, in the transaction that deletes it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from booking.models import Booking, Draft, JourneyEvent
from toolkits.selectors import PLACEHOLDER_NSI_TYPE_CODE

# A draft not updated for so long counts as an abandoned journey, until it is updated again.
ABANDONED_AFTER = timedelta(days=7)
BATCH_SIZE = 500
ROWS_AT_ONCE = 100

# An atomic increment. Django's bulk_create can only overwrite the old number on conflict.
ADD = """
INSERT INTO booking_journeycount (day, event, detail, number) VALUES {rows}
ON CONFLICT (day, event, detail) DO UPDATE SET number = booking_journeycount.number + excluded.number
"""

Key = tuple[date, str, str]


def end(drafts: QuerySet[Draft], *, made: Booking | None = None, on: date | None = None) -> int:
    """Delete drafts and count their journeys, in one transaction; return how many drafts were deleted.

    A journey counts as finished where `made` is its booking, and as abandoned at the draft's step otherwise: on the day
    `on`, by default the day that the draft was last updated. A draft without an answer is not counted.
    """
    with transaction.atomic(savepoint=False):
        ended = list(drafts.select_for_update().only("step", "started_on", "updated_at").order_by("id"))
        for start in range(0, len(ended), BATCH_SIZE):
            Draft.objects.filter(id__in=[draft.id for draft in ended[start : start + BATCH_SIZE]]).delete()
        counts: Counter[Key] = Counter()
        for draft in ended:
            if draft.started_on is None:
                continue
            counts[draft.started_on, JourneyEvent.STARTED, ""] += 1
            day = on or timezone.localdate(draft.updated_at)
            counts.update(_finished(made, day) if made else [(day, JourneyEvent.ABANDONED, draft.step)])
        _add(counts)
    return len(ended)


def _finished(made: Booking, day: date) -> list[Key]:
    found: list[Key] = [(day, JourneyEvent.FINISHED, "")]
    if not made.counts_towards_rar:
        return found
    if made.nsi_type_code == PLACEHOLDER_NSI_TYPE_CODE:
        return [*found, (day, JourneyEvent.WITH_NAT1, made.provider_code)]
    # Not one count by provider and toolkit: its numbers could be small enough to identify people.
    return [
        *found,
        (day, JourneyEvent.TOOLKIT, made.toolkit_slug),
        (day, JourneyEvent.WITH_TOOLKIT, made.provider_code),
    ]


def _add(counts: Mapping[Key, int]) -> None:
    """Increment the counts, in sorted order: two processes cannot deadlock on each other's rows."""
    rows = [(day, str(event), detail, number) for (day, event, detail), number in sorted(counts.items())]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        batch = rows[start : start + ROWS_AT_ONCE]
        placeholders = ", ".join(["(%s, %s, %s, %s)"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(rows=placeholders), [value for row in batch for value in row])
