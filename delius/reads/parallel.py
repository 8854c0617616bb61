"""Parallel reads."""

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

OPERATION = "parallel_reads"


@dataclass(frozen=True)
class ReadResult(Generic[T]):
    """The result of a read: a value or a DeliusError."""

    value: T | None = None
    error: DeliusError | None = None

    def get(self) -> T:
        """Return the value, or raise the error."""
        if self.error:
            raise self.error
        return cast(T, self.value)


def in_parallel(reads: Sequence[Callable[[], T]]) -> list[ReadResult[T]]:
    """Run reads at once, at most DELIUS_PARALLEL_READS, and return their results in order: the first in this thread.

    The others' threads have the caller's context variables, so that log lines have its correlation id and the bulkhead
    counts them once. Exceptions other than DeliusError are raised.
    """
    if len(reads) < 2 or conf.parallel_reads() < 2:
        return [_read_result(read) for read in reads]
    first, *others = reads
    workers = max(min(len(others), conf.parallel_reads() - 1), 1)
    try:
        with bulkhead.enter(OPERATION), ThreadPoolExecutor(workers, thread_name_prefix="delius-read") as pool:
            futures: list[Future[ReadResult[T]]] = [
                pool.submit(copy_context().run, _in_thread, read) for read in others
            ]
            results = [_read_result(first)]
    except CircuitOpen as refused:
        return [ReadResult(error=refused) for _ in reads]
    return results + [future.result() for future in futures]


def _in_thread(read: Callable[[], T]) -> ReadResult[T]:
    try:
        return _read_result(read)
    finally:
        # Tokens are in Django's cache, which a deployment may keep in the database: its connections are a thread's own.
        connections.close_all()


def _read_result(read: Callable[[], T]) -> ReadResult[T]:
    try:
        return ReadResult(value=read())
    except DeliusError as error:
        return ReadResult(error=error)
