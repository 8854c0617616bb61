"""Keeping the mirror true: reading the feed of changes from where it was left, and when to let Delius rest.

Nothing is ever written to Delius. A page is stored in one transaction with where the next one begins, so a run that
stops, for whatever reason, loses nothing.
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
from delius.mirror.storing import Tally, compare, store
from delius.models import MirrorCursor
from delius.records import ChangePage

__all__ = ["MOST_TYPES", "PageSync", "Tally", "sync_changes"]

PAGE_SIZE = 500
# Of NSI types, in one call (docs/integration/openapi.yaml).
MOST_TYPES = 50
# How long to let Delius rest where it does not say, at the first, second and third time in a row; after that, stop.
RESTS_SECONDS = (1.0, 2.0, 4.0)
# Asked to wait for longer than this, a run stops instead: the next one carries on.
LONGEST_REST_SECONDS = 60.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PageSync:
    """What came of a page: how many changes it had, what they changed here, and when the last of them was made."""

    changes: int
    tally: Tally
    up_to: datetime | None


def sync_changes(
    *,
    type_codes: Collection[str],
    from_beginning: bool = False,
    dry_run: bool = False,
    size: int = PAGE_SIZE,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[PageSync]:
    """Read what changed of NSIs of some types (at most 50) and their appointments, giving each page once it is stored.

    It begins where the last run for the same types stopped, or else at the beginning; pages are of `size` changes.
    With `dry_run` nothing is stored. Where Delius is busy, or does not answer, it rests for as long as it is asked to,
    or for `RESTS_SECONDS`, by calling `wait` with seconds. Of two runs at once, the one that is overtaken ends.

    Raises Unavailable (Overloaded) where that does not help or would take too long, Refused, DeliusContractError; what
    was read until then is stored.
    """
    codes = sorted(type_codes)
    after = _begin(codes, from_beginning=from_beginning, dry_run=dry_run)
    more = True
    while more:
        page = _read(codes, after, size, wait)
        now = timezone.now()
        if dry_run:
            tally = compare(page.changes, type_codes=codes, now=now, dry_run=True).tally
        else:
            stored = _store(page, codes, after, now)
            if stored is None:
                logger.warning("sync_overtaken")
                return
            tally = stored
        yield PageSync(changes=len(page.changes), tally=tally, up_to=page.changes[-1].at if page.changes else None)
        more, after = page.more, page.next


def _begin(codes: Sequence[str], *, from_beginning: bool, dry_run: bool) -> str:
    """Return where to begin, and note it where that is the beginning."""
    cursor = MirrorCursor.objects.filter(type_codes=" ".join(codes)).first()
    if cursor and not from_beginning:
        return cursor.next
    if not dry_run:
        values = {"type_codes": " ".join(codes), "next": "", "updated_at": timezone.now()}
        MirrorCursor.objects.update_or_create(id=1, defaults=values)
    return ""


def _read(codes: Sequence[str], after: str, size: int, wait: Callable[[float], None]) -> ChangePage:
    rests = 0
    while True:
        try:
            page = get_client().changes(codes, after=after, size=size)
        except Unavailable as error:
            seconds = _rest(error, rests)
            if seconds is None:
                raise
            rests += 1
            logger.warning("sync_rests", seconds=seconds)
            wait(seconds)
            continue
        if page.more and page.next == after:
            raise DeliusContractError(GET_CHANGES.name, "next")
        return page


def _rest(error: Unavailable, rests: int) -> float | None:
    """Return for how many seconds to rest after so many rests, or None to stop."""
    if rests == len(RESTS_SECONDS):
        return None
    asked = error.retry_after if isinstance(error, Overloaded) else None
    seconds = RESTS_SECONDS[rests] if asked is None else asked
    return seconds if seconds <= LONGEST_REST_SECONDS else None


@transaction.atomic
def _store(page: ChangePage, codes: Sequence[str], after: str, now: datetime) -> Tally | None:
    """Store a page and where the next one begins; None, and nothing, where another run has stored it meanwhile.

    The cursor comes first: another run waits for its row, so that none writes older changes over newer ones.
    """
    cursor = MirrorCursor.objects.filter(type_codes=" ".join(codes), next=after)
    if not cursor.update(next=page.next, updated_at=now):
        return None
    comparison = compare(page.changes, type_codes=codes, now=now, dry_run=False)
    store(comparison)
    return comparison.tally
