"""A bulkhead: fewer threads of a process may wait for Delius than it has, so that one is left for everything else.

A page counts once, however many reads it makes side by side. Where the bulkhead is full, a page waits as long as
answers come; where none has come for a moment, it is refused: more threads waiting would only hold up everything else.
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

QUIET_SECONDS = 0.5
POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0

_is_inside: ContextVar[bool] = ContextVar("is_inside", default=False)


class Bulkhead:
    """The bulkhead of one process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._quiet_since = 0.0

    @contextmanager
    def enter(self, operation: str) -> Iterator[None]:
        """Count this thread for the block; in it, and in the threads that read for it, nothing more is counted.

        Raises CircuitOpen where the bulkhead is full and nothing was answered for QUIET_SECONDS.
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
        """Note that a service has answered something."""
        self._quiet_since = time.monotonic()

    def _admit(self, operation: str) -> None:
        with self._changed:
            while self._inside >= conf.bulkhead_threads():
                if time.monotonic() - self._quiet_since > QUIET_SECONDS:
                    request_not_sent.send_robust(type(self), operation=operation)
                    raise CircuitOpen(operation, retry_after=RETRY_SECONDS)
                self._changed.wait(POLL_SECONDS)
            if not self._inside:
                self._quiet_since = time.monotonic()
            self._inside += 1


_bulkhead = Bulkhead()


@contextmanager
def enter(operation: str) -> Iterator[None]:
    """Count this thread in the process's bulkhead for the block. Raises CircuitOpen where it is full."""
    with _bulkhead.enter(operation):
        yield


def answered() -> None:
    """Note that a service has answered something."""
    _bulkhead.answered()


def _reset_in_child() -> None:
    """Give a forked process a bulkhead of its own: no thread of its parent leaves in it."""
    global _bulkhead
    _bulkhead = Bulkhead()


os.register_at_fork(after_in_child=_reset_in_child)
