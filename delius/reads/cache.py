"""Read-through cache of Delius in Django's cache; stale-while-revalidate for reference data."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar, cast

import structlog
from django.core.cache import cache

from delius.errors import DeliusError, LimitedAccess, NotFound, Unavailable
from delius.http import background

T = TypeVar("T")

# Part of every key: to be raised when cached records change, so that a release does not read an older one's.
SCHEMA_VERSION = "3"
# Time-out of the lock of a refresh that failed, or whose process died.
REFRESH_LOCK_SECONDS = 30
MISSING = object()

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ages:
    """Ages in seconds up to which a cached value is served.

    Below `fresh` as it is; below `stale` while it is refreshed in the background; below `outage` only while Delius is
    unavailable.
    """

    fresh: int
    stale: int
    outage: int


@dataclass(frozen=True)
class _TimestampedValue(Generic[T]):
    """A value with the time it was read, in seconds of the epoch."""

    value: T
    read_at: float


def key(*parts: str | int) -> str:
    """Return a cache key from a kind and ids, hashed so that it holds no personal data."""
    return f"delius:{_hashed(parts)}"


def reference_key(*parts: str | int) -> str:
    """Return a cache key of reference data, which is the same for everybody: CACHES keeps it in the process too."""
    return f"delius-reference:{_hashed(parts)}"


def read_through(name: str, load: Callable[[], T], *, seconds: int) -> T:
    """Return the cached value of a key, or load and cache it for `seconds`. Raises what `load` raises."""
    cached = cache.get(name, MISSING)
    if cached is not MISSING:
        return cast(T, cached)
    value = load()
    cache.set(name, value, seconds)
    return value


def invalidate(*keys: str) -> None:
    """Delete keys."""
    cache.delete_many(keys)


def read_stale_while_revalidate(name: str, load: Callable[[], T], *, ages: Ages) -> T:
    """Return the cached value of a key as far as its age allows, or load and cache it. Raises what `load` raises."""
    cached: _TimestampedValue[T] | None = cache.get(name)
    age = max(time.time() - cached.read_at, 0) if cached else None
    if cached and age is not None and age < ages.fresh:
        return cached.value
    if cached and age is not None and age < ages.stale:
        _refresh_in_background(name, load, ages)
        return cached.value
    try:
        return _read_and_cache(name, load, ages)
    except Unavailable:
        if cached and age is not None and age < ages.outage:
            return cached.value
        raise


def _hashed(parts: tuple[str | int, ...]) -> str:
    identity = "\n".join(str(part) for part in (SCHEMA_VERSION, *parts))
    return hashlib.sha256(identity.encode()).hexdigest()


def _read_and_cache(name: str, load: Callable[[], T], ages: Ages) -> T:
    value = load()
    cache.set(name, _TimestampedValue(value, time.time()), ages.outage)
    return value


def _refresh_in_background(name: str, load: Callable[[], T], ages: Ages) -> None:
    """Refresh a value in the background, unless a refresh is running in any process."""
    if cache.add(_refresh_key(name), 1, REFRESH_LOCK_SECONDS) and not background.submit(
        partial(_refresh, name, load, ages)
    ):
        cache.delete(_refresh_key(name))


def _refresh(name: str, load: Callable[[], T], ages: Ages) -> None:
    try:
        _read_and_cache(name, load, ages)
    except (NotFound, LimitedAccess):
        cache.delete(name)
    except DeliusError as error:
        logger.warning("refresh_failed", fault=type(error).__name__)
        return
    cache.delete(_refresh_key(name))


def _refresh_key(name: str) -> str:
    return f"{name}:refresh"
