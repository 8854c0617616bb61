"""What was read from Delius a moment ago, in Django's cache."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.core.cache import cache

from delius.parallel import Outcome, side_by_side

T = TypeVar("T")

# Part of every key: to be changed with the shape of what is kept, so that a new release does not read an old one's.
SHAPE = "1"


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
