"""What was read from Delius a moment ago, in Django's cache; reference data, for longer than a moment."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import structlog
from django.core.cache import cache

from delius import background
from delius.errors import DeliusError, Forbidden, NotFound, Unavailable
from delius.parallel import Outcome, side_by_side

T = TypeVar("T")

# Part of every key: to be changed with the shape of what is kept, so that a new release does not read an old one's.
SHAPE = "2"
# After a refresh that failed, or whose process died, nobody tries another one for so long.
REFRESH_SECONDS = 30

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ages:
    """Up to how many seconds of age a value may be used, and how.

    Below `fresh`, as it is; below `stale`, as it is while it is read again in the background; below `outage`, only
    where it cannot be read.
    """

    fresh: int
    stale: int
    outage: int


@dataclass(frozen=True)
class _Dated(Generic[T]):
    """A value and when it was read, in seconds of the epoch."""

    value: T
    read_at: float


def key(*parts: str | int) -> str:
    """Return the cache key for something, named by its kind and identity; the identity cannot be read from it."""
    identity = "\n".join(str(part) for part in (SHAPE, *parts))
    return f"delius:{hashlib.sha256(identity.encode()).hexdigest()}"


def read(loads: Mapping[str, Callable[[], T]], *, seconds: int) -> dict[str, Outcome[T]]:
    """Return, by key, what is kept, and what comes of reading the rest side by side; values are kept for `seconds`."""
    outcomes = found(loads)
    missing = {each: load for each, load in loads.items() if each not in outcomes}
    fresh = dict(zip(missing, side_by_side(list(missing.values())), strict=True))
    keep(fresh, seconds=seconds)
    return outcomes | fresh


def read_one(name: str, load: Callable[[], T], *, seconds: int) -> T:
    """Return what is kept under a key, or read and keep it. Raises what reading it raises."""
    return read({name: load}, seconds=seconds)[name].get()


def found(keys: Mapping[str, Callable[[], T]]) -> dict[str, Outcome[T]]:
    """Return, by key, what is kept."""
    return {each: Outcome(value=value) for each, value in cache.get_many(keys).items()}


def keep(outcomes: Mapping[str, Outcome[T]], *, seconds: int) -> None:
    """Keep the values among some outcomes; what went wrong is never kept."""
    values = {each: outcome.value for each, outcome in outcomes.items() if outcome.error is None}
    if values:
        cache.set_many(values, seconds)


def forget(*keys: str) -> None:
    """Drop what is kept under some keys."""
    cache.delete_many(keys)


def read_dated(name: str, load: Callable[[], T], *, ages: Ages, only_fresh: bool = False) -> T:
    """Return what is kept under a key, as far as its age allows, or read and keep it.

    With `only_fresh` nothing older than `ages.fresh` is returned. Raises what reading it raises.
    """
    kept: _Dated[T] | None = cache.get(name)
    age = max(time.time() - kept.read_at, 0) if kept else None
    if kept and age is not None and age < ages.fresh:
        return kept.value
    if kept and age is not None and age < ages.stale and not only_fresh:
        _refresh_soon(name, load, ages)
        return kept.value
    try:
        return _read_and_keep(name, load, ages)
    except Unavailable:
        if kept and age is not None and age < ages.outage and not only_fresh:
            return kept.value
        raise


def _read_and_keep(name: str, load: Callable[[], T], ages: Ages) -> T:
    value = load()
    cache.set(name, _Dated(value, time.time()), ages.outage)
    return value


def _refresh_soon(name: str, load: Callable[[], T], ages: Ages) -> None:
    """Have a value read again in the background, unless somebody, in this process or another, is at it."""
    if cache.add(_refresh_key(name), 1, REFRESH_SECONDS) and not background.begin(partial(_refresh, name, load, ages)):
        cache.delete(_refresh_key(name))


def _refresh(name: str, load: Callable[[], T], ages: Ages) -> None:
    try:
        _read_and_keep(name, load, ages)
    except (NotFound, Forbidden):
        cache.delete(name)
    except DeliusError as error:
        logger.warning("refresh_failed", fault=type(error).__name__)
        return
    cache.delete(_refresh_key(name))


def _refresh_key(name: str) -> str:
    return f"{name}:refresh"
