"""Work that nobody waits for: a pool of a few threads of this process with a short queue."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections

from delius.http.attempts import recorded_by

THREADS = 2
MOST_UNDER_WAY = 50

logger = structlog.get_logger(__name__)


class Background:
    """A bounded pool, made when it is first needed. The interpreter does not exit before what was begun has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._slots = threading.BoundedSemaphore(MOST_UNDER_WAY)

    def begin(self, work: Callable[[], None]) -> bool:
        """Have some work done soon; return False, and do nothing, where too much is waiting already.

        The lines that it logs carry the correlation id of whoever asked. What goes wrong is logged and ends there.
        """
        if not self._slots.acquire(blocking=False):
            return False
        known = structlog.contextvars.get_contextvars()
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="delius-background")
            self._pool.submit(self._do, work, known)
        return True

    def finish(self) -> None:
        """Wait until all that was begun has ended."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown()

    def _do(self, work: Callable[[], None], known: dict[str, object]) -> None:
        try:
            with structlog.contextvars.bound_contextvars(**known), recorded_by(None):
                work()
        except Exception as error:
            # Only the kind: the text of an error may hold an address, and so a CRN.
            logger.warning("background_work_failed", fault=type(error).__name__)
        finally:
            # The cache may be in the database, whose connections are a thread's own.
            connections.close_all()
            self._slots.release()


_background = Background()


def begin(work: Callable[[], None]) -> bool:
    """Have some work done soon by this process; return False where too much is waiting already."""
    return _background.begin(work)


def finish() -> None:
    """Wait until all that this process has begun has ended."""
    _background.finish()


def _forget_inherited() -> None:
    """Let a forked process have threads of its own: those of its parent are not in it."""
    global _background
    _background = Background()


os.register_at_fork(after_in_child=_forget_inherited)
