"""Places to wait for Delius in: fewer than a process has threads, so that one is left for what does not need Delius.

A page takes one place, however many reads it makes side by side. Where none is free, it waits for one as long as
answers come; where none has come for a moment, it is refused: more people waiting would only hold up everything else.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from delius import conf
from delius.errors import LeftAlone
from delius.signals import request_not_sent

QUIET_SECONDS = 0.5
LOOK_SECONDS = 0.1
SOON_SECONDS = 2.0

_has_place: ContextVar[bool] = ContextVar("has_place", default=False)


class Places:
    """The places of one process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = 0
        self._quiet_since = 0.0

    @contextmanager
    def place(self, operation: str) -> Iterator[None]:
        """Have a place for the block; in it, and in the threads that read for it, no other one is taken.

        Raises LeftAlone where none is free and nothing was heard for QUIET_SECONDS.
        """
        if _has_place.get():
            yield
            return
        self._take(operation)
        mine = _has_place.set(True)
        try:
            yield
        finally:
            _has_place.reset(mine)
            with self._changed:
                self._taken -= 1
                self._changed.notify()

    def heard(self) -> None:
        """Note that a service has answered something."""
        self._quiet_since = time.monotonic()

    def _take(self, operation: str) -> None:
        with self._changed:
            while self._taken >= conf.waiting_threads():
                if time.monotonic() - self._quiet_since > QUIET_SECONDS:
                    request_not_sent.send_robust(type(self), operation=operation)
                    raise LeftAlone(operation, retry_after=SOON_SECONDS)
                self._changed.wait(LOOK_SECONDS)
            if not self._taken:
                self._quiet_since = time.monotonic()
            self._taken += 1


_places = Places()


@contextmanager
def place(operation: str) -> Iterator[None]:
    """Have one of this process's places for the block. Raises LeftAlone where none is to be had."""
    with _places.place(operation):
        yield


def heard() -> None:
    """Note that a service has answered something."""
    _places.heard()


def _forget_inherited() -> None:
    """Let a forked process have places of its own: nobody in it gives back those of its parent."""
    global _places
    _places = Places()


os.register_at_fork(after_in_child=_forget_inherited)
