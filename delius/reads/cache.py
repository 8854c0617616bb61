"""What was read from Delius a moment ago, in Django's cache; reference data, for longer than a moment."""

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

# Part of every key: to be changed with the shape of what is cached, so that a new release does not read an old one's.
SHAPE = "3"
# After a refresh that failed, or whose process died, nobody tries another one for so long.
REFRESH_SECONDS = 30
MISSING = object()

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


def read_one(name: str, load: Callable[[], T], *, seconds: int) -> T:
    """Return what is cached under a key, or read it and cache it for `seconds`. Raises what reading it raises."""
    cached = cache.get(name, MISSING)
    if cached is not MISSING:
        return cast(T, cached)
    value = load()
    cache.set(name, value, seconds)
    return value


def forget(*keys: str) -> None:
    """Drop what is cached under some keys."""
    cache.delete_many(keys)


def read_stale_while_revalidate(name: str, load: Callable[[], T], *, ages: Ages) -> T:
    """Return what is cached under a key, as far as its age allows, or read and cache it. Raises what reading raises."""
    cached: _Dated[T] | None = cache.get(name)
    age = max(time.time() - cached.read_at, 0) if cached else None
    if cached and age is not None and age < ages.fresh:
        return cached.value
    if cached and age is not None and age < ages.stale:
        _refresh_soon(name, load, ages)
        return cached.value
    try:
        return _read_and_cache(name, load, ages)
    except Unavailable:
        if cached and age is not None and age < ages.outage:
            return cached.value
        raise


def _read_and_cache(name: str, load: Callable[[], T], ages: Ages) -> T:
    value = load()
    cache.set(name, _Dated(value, time.time()), ages.outage)
    return value


def _refresh_soon(name: str, load: Callable[[], T], ages: Ages) -> None:
    """Have a value read again in the background, unless this process or another one is reading it already."""
    if cache.add(_refresh_key(name), 1, REFRESH_SECONDS) and not background.begin(partial(_refresh, name, load, ages)):
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
