"""Reads side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.db import connections

from delius import conf
from delius.errors import CircuitOpen, DeliusError
from delius.http import bulkhead

T = TypeVar("T")

OPERATION = "side_by_side"


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


def side_by_side(reads: Sequence[Callable[[], T]]) -> list[Outcome[T]]:
    """Make reads, at most DELIUS_PARALLEL_READS of them at once, and return what came of each, in order.

    Each runs with the caller's context variables, so that its log lines carry the correlation id and the bulkhead
    counts them once. Anything other than a DeliusError is a fault of ours, and is raised.
    """
    if len(reads) < 2:
        return [_outcome(read) for read in reads]
    workers = min(len(reads), conf.parallel_reads())
    try:
        with bulkhead.enter(OPERATION), ThreadPoolExecutor(workers, thread_name_prefix="delius-read") as pool:
            futures: list[Future[Outcome[T]]] = [pool.submit(copy_context().run, _in_thread, read) for read in reads]
    except CircuitOpen as refused:
        return [Outcome(error=refused) for _ in reads]
    return [future.result() for future in futures]


def _in_thread(read: Callable[[], T]) -> Outcome[T]:
    try:
        return _outcome(read)
    finally:
        # Tokens are in Django's cache, which a deployment may keep in the database: its connections are a thread's own.
        connections.close_all()


def _outcome(read: Callable[[], T]) -> Outcome[T]:
    try:
        return Outcome(value=read())
    except DeliusError as error:
        return Outcome(error=error)
