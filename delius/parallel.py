"""Reads side by side."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.db import connections

from delius import conf, places
from delius.errors import DeliusError, LeftAlone, Unavailable

T = TypeVar("T")

# After so many unavailable answers in a row the rest are not asked for: a page must not wait for every one to time out.
PATIENCE = 10
GIVEN_UP = "side_by_side"


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of a read: a value, or what went wrong with Delius."""

    value: T | None = None
    error: DeliusError | None = None

    def get(self) -> T:
        """Return the value, or raise what went wrong."""
        if self.error:
            raise self.error
        return cast(T, self.value)


def side_by_side(reads: Sequence[Callable[[], T]], *, at_most: int | None = None) -> list[Outcome[T]]:
    """Make reads, at most so many of them at once (DELIUS_PARALLEL_READS), and return what came of each, in order.

    Each runs with the caller's context variables, so that its log lines carry the correlation id, and in the caller's
    place. Where Delius is down, those not begun are given up as Unavailable. Anything other than a DeliusError is a
    fault of ours, and is raised.
    """
    if len(reads) < 2:
        return [_outcome(read) for read in reads]
    patience = _Patience()
    workers = min(len(reads), at_most or conf.parallel_reads())
    try:
        with places.place(GIVEN_UP), ThreadPoolExecutor(workers, thread_name_prefix="delius-read") as pool:
            futures: list[Future[Outcome[T]]] = [
                pool.submit(copy_context().run, _in_thread, read, patience) for read in reads
            ]
    except LeftAlone as refused:
        return [Outcome(error=refused) for _ in reads]
    return [future.result() for future in futures]


class _Patience:
    """Counts unavailable answers in a row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_a_row = 0

    @property
    def is_exhausted(self) -> bool:
        return self._in_a_row >= PATIENCE

    def count(self, error: DeliusError | None) -> None:
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if isinstance(error, Unavailable) else 0


def _in_thread(read: Callable[[], T], patience: _Patience) -> Outcome[T]:
    if patience.is_exhausted:
        return Outcome(error=Unavailable(GIVEN_UP))
    try:
        outcome = _outcome(read)
        patience.count(outcome.error)
        return outcome
    finally:
        # Tokens are in Django's cache, which a deployment may keep in the database: its connections are a thread's own.
        connections.close_all()


def _outcome(read: Callable[[], T]) -> Outcome[T]:
    try:
        return Outcome(value=read())
    except DeliusError as error:
        return Outcome(error=error)
