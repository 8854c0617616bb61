"""Bulkhead: limits the threads of a process that wait for Delius, so that one is left for everything else.

A page counts once, however many parallel reads it makes. Where the bulkhead is full, a page waits as long as answers
come; where none has come for STALL_SECONDS, it is rejected.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from delius import conf
from delius.errors import CircuitOpen
from delius.http.signals import request_not_sent

STALL_SECONDS = 0.5
POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0

_is_inside: ContextVar[bool] = ContextVar("is_inside", default=False)


class Bulkhead:
    """A bulkhead. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._last_answer_at = 0.0

    @contextmanager
    def enter(self, operation: str) -> Iterator[None]:
        """Admit this thread for the block; nested calls, also in its parallel reads, are not counted again.

        Raises CircuitOpen where the bulkhead is full and nothing was answered for STALL_SECONDS.
        """
        if _is_inside.get():
            yield
            return
        self._admit(operation)
        before = _is_inside.set(True)
        try:
            yield
        finally:
            _is_inside.reset(before)
            with self._changed:
                self._inside -= 1
                self._changed.notify()

    def answered(self) -> None:
        """Record the time of an answer."""
        self._last_answer_at = time.monotonic()

    def _admit(self, operation: str) -> None:
        with self._changed:
            while self._inside >= conf.bulkhead_threads():
                if time.monotonic() - self._last_answer_at > STALL_SECONDS:
                    request_not_sent.send_robust(type(self), operation=operation)
                    raise CircuitOpen(operation, retry_after=RETRY_SECONDS)
                self._changed.wait(POLL_SECONDS)
            if not self._inside:
                self._last_answer_at = time.monotonic()
            self._inside += 1


_bulkhead = Bulkhead()


@contextmanager
def enter(operation: str) -> Iterator[None]:
    """Admit this thread to the process's bulkhead for the block. Raises CircuitOpen where it is full."""
    with _bulkhead.enter(operation):
        yield


def answered() -> None:
    """Record the time of an answer."""
    _bulkhead.answered()


def _reset_in_child() -> None:
    """Create a new bulkhead in a forked process: threads of its parent never leave the inherited one."""
    global _bulkhead
    _bulkhead = Bulkhead()


os.register_at_fork(after_in_child=_reset_in_child)
