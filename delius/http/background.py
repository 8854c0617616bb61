"""Bounded thread pool for fire-and-forget work."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connections

from delius.http.attempts import recorded_by

THREADS = 2
MAX_PENDING = 50

logger = structlog.get_logger(__name__)


class BackgroundPool:
    """A bounded thread pool, created lazily. The interpreter waits for submitted work before it exits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._slots = threading.BoundedSemaphore(MAX_PENDING)

    def submit(self, work: Callable[[], None]) -> bool:
        """Submit work; return False, and drop it, where MAX_PENDING are pending.

        Its log lines have the caller's correlation id. Exceptions are logged and swallowed.
        """
        if not self._slots.acquire(blocking=False):
            return False
        known = structlog.contextvars.get_contextvars()
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="delius-background")
            self._pool.submit(self._run, work, known)
        return True

    def drain(self) -> None:
        """Wait for all submitted work."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown()

    def _run(self, work: Callable[[], None], known: dict[str, object]) -> None:
        try:
            with structlog.contextvars.bound_contextvars(**known), recorded_by(None):
                work()
        except Exception as error:
            # Only the type: the text of an error may hold a URL, and so a CRN.
            logger.warning("background_work_failed", fault=type(error).__name__)
        finally:
            # The cache may be in the database, whose connections are a thread's own.
            connections.close_all()
            self._slots.release()


_background = BackgroundPool()


def submit(work: Callable[[], None]) -> bool:
    """Submit work to the process's pool; return False where too much is pending."""
    return _background.submit(work)


def drain() -> None:
    """Wait for all work submitted in this process."""
    _background.drain()


def _reset_in_child() -> None:
    """Create a new pool in a forked process: threads are not inherited."""
    global _background
    _background = BackgroundPool()


os.register_at_fork(after_in_child=_reset_in_child)
