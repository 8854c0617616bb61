"""Keeping the mirror true: which cases to read, in what order, how many at once, and when to let Delius rest.

Nothing is ever written to Delius. A case is stored as soon as it has been read, so a run that stops, for whatever
reason, loses nothing but the cases that it was at.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from django.utils import timezone

from delius import conf
from delius.case_reading import CaseReading, Gate, read_case
from delius.case_storing import Tally, compare, store, store_failure
from delius.client import get_client
from delius.errors import DeliusError, Overloaded, Unavailable
from delius.models import SyncedCase
from delius.parallel import PATIENCE, Outcome, side_by_side

__all__ = ["CaseSync", "Tally", "caseload", "due", "known_cases", "sync_case", "sync_cases"]

# How long to let Delius rest where it does not say, at the first, second and third time in a row; after that, stop.
RESTS_SECONDS = (1.0, 2.0, 4.0)
# Asked to wait for longer than this, a run stops instead: the next one carries on.
LONGEST_REST_SECONDS = 60.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CaseSync:
    """What came of syncing one case: what changed, or why it could not be read."""

    crn: str
    tally: Tally = field(default_factory=Tally)
    error: DeliusError | None = None


def caseload(username: str) -> tuple[str, ...]:
    """Return the CRNs of everybody whom a member of staff manages now.

    Raises NotFound for a user without a staff record, Forbidden, Unavailable, DeliusContractError.
    """
    client = get_client()
    staff = client.staff_by_username(username)
    return tuple(entry.crn for entry in client.managed_people(staff.staff_identifier))


def known_cases(provider_code: str) -> tuple[str, ...]:
    """Return the CRNs of the cases that a provider had when they were last read: Community API has no such list."""
    return tuple(SyncedCase.objects.filter(provider_code=provider_code).values_list("crn", flat=True))


def due(crns: Collection[str], *, max_age: timedelta) -> list[str]:
    """Return those of some cases that were not read within `max_age`: first those never tried, then the longest ago."""
    cases = {case.crn: case for case in SyncedCase.objects.filter(crn__in=crns)}
    limit = timezone.now() - max_age
    never = sorted(set(crns) - cases.keys())
    old = [case for case in cases.values() if case.last_synced_at is None or case.last_synced_at <= limit]
    return [*never, *(case.crn for case in sorted(old, key=lambda case: (case.last_tried_at, case.crn)))]


def sync_case(*, crn: str, type_codes: Collection[str], dry_run: bool = False) -> CaseSync:
    """Read one case and bring its mirror up to date, for NSIs of some types. With `dry_run`, store nothing."""
    [outcome] = _read([crn], type_codes)
    return _settle(crn, outcome, dry_run=dry_run)


def sync_cases(
    *,
    crns: Sequence[str],
    type_codes: Collection[str],
    dry_run: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[CaseSync]:
    """Read cases in order and bring their mirror up to date, giving each as it is done; with `dry_run`, store nothing.

    At most DELIUS_SYNC_PARALLEL requests are under way at once. Where Delius asks to be left alone (429, 503) nothing
    is read for as long as it asks, or for `RESTS_SECONDS`, by calling `wait` with seconds. Raises Overloaded where that
    does not help or would take too long, and Unavailable after many cases in a row without an answer; what was read
    until then is stored.
    """
    waiting = list(crns)
    rests = failures = 0
    while waiting:
        size = conf.sync_parallel()
        batch, waiting = waiting[:size], waiting[size:]
        outcomes = dict(zip(batch, _read(batch, type_codes), strict=True))
        turned_away = {crn: each.error for crn, each in outcomes.items() if isinstance(each.error, Overloaded)}
        for crn, outcome in outcomes.items():
            if crn in turned_away:
                continue
            result = _settle(crn, outcome, dry_run=dry_run)
            failures = failures + 1 if isinstance(result.error, Unavailable) else 0
            yield result
            if result.error and failures >= PATIENCE:
                raise result.error
        if not turned_away:
            rests = 0
            continue
        rests = rests + 1 if len(turned_away) == len(batch) else 1
        seconds = _rest(turned_away.values(), rests)
        if seconds is None:
            for crn in turned_away:
                yield _settle(crn, outcomes[crn], dry_run=dry_run)
            raise next(iter(turned_away.values()))
        logger.warning("sync_rests", seconds=seconds)
        wait(seconds)
        waiting = [*turned_away, *waiting]


def _read(crns: Sequence[str], type_codes: Collection[str]) -> list[Outcome[CaseReading]]:
    gate = Gate()
    reads = [partial(read_case, crn, type_codes=type_codes, gate=gate) for crn in crns]
    return side_by_side(reads, at_most=conf.sync_parallel())


def _settle(crn: str, outcome: Outcome[CaseReading], *, dry_run: bool) -> CaseSync:
    now = timezone.now()
    if outcome.error:
        if not dry_run:
            store_failure(crn, outcome.error, now=now)
        return CaseSync(crn=crn, error=outcome.error)
    reading = outcome.get()
    comparison = compare(reading, now=now)
    if not dry_run:
        store(reading, comparison, now=now)
    return CaseSync(crn=crn, tally=comparison.tally)


def _rest(errors: Collection[Overloaded], times: int) -> float | None:
    """Return for how many seconds to rest before the cases turned away are tried again, or None to stop."""
    if times > len(RESTS_SECONDS):
        return None
    asked = [error.retry_after for error in errors if error.retry_after is not None]
    seconds = max(asked, default=RESTS_SECONDS[times - 1])
    return seconds if seconds <= LONGEST_REST_SECONDS else None
