"""Sync of the mirror from the feed of changes, resumable by a cursor, with backoff.

Reads only. A page is stored in one transaction with the cursor of the next one, so an interrupted run loses nothing.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from delius.client import GET_CHANGES, get_client
from delius.errors import DeliusContractError, Overloaded, Unavailable
from delius.mirror.upsert import ChangeCounts, diff, upsert
from delius.models import MirrorCursor
from delius.records import ChangePage

__all__ = ["MAX_TYPES", "ChangeCounts", "PageSync", "sync_changes"]

PAGE_SIZE = 500
# Of NSI types, in one call (docs/integration/openapi.yaml).
MAX_TYPES = 50
# Delays of consecutive retries without Retry-After; after the last one the run stops.
BACKOFF_SECONDS = (1.0, 2.0, 4.0)
# For a longer Retry-After the run stops; the next one resumes.
MAX_RETRY_AFTER_SECONDS = 60.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PageSync:
    """The result of a page: its number of changes, counts by kind, and the time of its last change."""

    changes: int
    counts: ChangeCounts
    up_to: datetime | None


def sync_changes(
    *,
    type_codes: Collection[str],
    from_beginning: bool = False,
    dry_run: bool = False,
    size: int = PAGE_SIZE,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[PageSync]:
    """Read the feed of changes to NSIs of some types (at most 50) and their appointments, yielding each stored page.

    Resumes after the last run for the same types, or begins at the beginning; pages are of `size` changes. With
    `dry_run` nothing is stored. Where Delius is overloaded or does not answer, it retries after Retry-After or
    BACKOFF_SECONDS, by calling `wait` with seconds. Of two concurrent runs, the superseded one ends.

    Raises Unavailable (Overloaded) after the last retry or for a long Retry-After, Refused, DeliusContractError; pages
    until then are stored.
    """
    codes = sorted(type_codes)
    after = _begin(codes, from_beginning=from_beginning, dry_run=dry_run)
    more = True
    while more:
        page = _read(codes, after, size, wait)
        now = timezone.now()
        if dry_run:
            counts = diff(page.changes, type_codes=codes, now=now, dry_run=True).counts
        else:
            stored = _store(page, codes, after, now)
            if stored is None:
                logger.warning("sync_superseded")
                return
            counts = stored
        yield PageSync(changes=len(page.changes), counts=counts, up_to=page.changes[-1].at if page.changes else None)
        more, after = page.more, page.next


def _begin(codes: Sequence[str], *, from_beginning: bool, dry_run: bool) -> str:
    """Return the cursor to resume from, resetting it for a run from the beginning."""
    cursor = MirrorCursor.objects.filter(type_codes=" ".join(codes)).first()
    if cursor and not from_beginning:
        return cursor.next
    if not dry_run:
        values = {"type_codes": " ".join(codes), "next": "", "updated_at": timezone.now()}
        MirrorCursor.objects.update_or_create(id=1, defaults=values)
    return ""


def _read(codes: Sequence[str], after: str, size: int, wait: Callable[[float], None]) -> ChangePage:
    retries = 0
    while True:
        try:
            page = get_client().changes(codes, after=after, size=size)
        except Unavailable as error:
            seconds = _backoff(error, retries)
            if seconds is None:
                raise
            retries += 1
            logger.warning("sync_backing_off", seconds=seconds)
            wait(seconds)
            continue
        if page.more and page.next == after:
            raise DeliusContractError(GET_CHANGES.name, "next")
        return page


def _backoff(error: Unavailable, retries: int) -> float | None:
    """Return the delay in seconds before the next retry, None to stop."""
    if retries == len(BACKOFF_SECONDS):
        return None
    asked = error.retry_after if isinstance(error, Overloaded) else None
    seconds = BACKOFF_SECONDS[retries] if asked is None else asked
    return seconds if seconds <= MAX_RETRY_AFTER_SECONDS else None


@transaction.atomic
def _store(page: ChangePage, codes: Sequence[str], after: str, now: datetime) -> ChangeCounts | None:
    """Store a page and the cursor (compare-and-set); None where another run has moved the cursor meanwhile.

    The cursor is updated first: its row lock keeps a concurrent run from writing older changes over newer ones.
    """
    cursor = MirrorCursor.objects.filter(type_codes=" ".join(codes), next=after)
    if not cursor.update(next=page.next, updated_at=now):
        return None
    mirror_diff = diff(page.changes, type_codes=codes, now=now, dry_run=False)
    upsert(mirror_diff)
    return mirror_diff.counts
