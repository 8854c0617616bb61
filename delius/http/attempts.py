"""Log line, signal and optional record of every upstream request."""

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import structlog

from delius.http.signals import request_ended

CORRELATION_HEADER = "X-Correlation-Id"
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

logger = structlog.get_logger(__name__)


class Recorder(Protocol):
    """Receives the result of each request."""

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Record a result: a status, or the type of error."""


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_operation: ContextVar[str] = ContextVar("operation", default="")


def current_operation() -> str:
    """Return the operation of this thread's current upstream request; empty for none."""
    return _operation.get()


@contextmanager
def recorded_by(recorder: Recorder | None) -> Iterator[None]:
    """Record every request that this thread sends in the block; None suspends recording."""
    before = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(before)


class Attempt:
    """One request: its log line, signal and record."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.correlation_id = correlation_id()
        self._recorder = _recorder.get()
        _operation.set(operation)
        self._began = time.perf_counter()

    @property
    def headers(self) -> dict[str, str]:
        """The correlation header."""
        return {CORRELATION_HEADER: self.correlation_id}

    def answered(self, status: int) -> None:
        """Record an answer of any status."""
        self._ended(status=status, fault="")

    def failed(self, error: Exception) -> None:
        """Record that no answer came. Only the error's type is recorded: its text may hold the URL, and so the CRN."""
        self._ended(status=None, fault=type(error).__name__)

    def _ended(self, *, status: int | None, fault: str) -> None:
        milliseconds = round((time.perf_counter() - self._began) * 1000)
        _operation.set("")
        log = logger.bind(
            operation=self.operation, correlation_id=self.correlation_id, status=status, milliseconds=milliseconds
        )
        if fault:
            log.warning("delius_call", fault=fault)
        else:
            log.info("delius_call")
        # Robust: an error in a receiver must not fail the call.
        request_ended.send_robust(
            type(self), operation=self.operation, status=status, fault=fault, milliseconds=milliseconds
        )
        if self._recorder:
            self._recorder.ended(
                operation=self.operation,
                correlation_id=self.correlation_id,
                status=status,
                fault=fault,
                milliseconds=milliseconds,
            )


def correlation_id() -> str:
    """Return the correlation id of the request or job; a new one where it has none that is valid in a header."""
    known = structlog.contextvars.get_contextvars()
    current = str(known.get("correlation_id") or known.get("request_id") or "")
    return current if CORRELATION_ID.fullmatch(current) else str(uuid.uuid4())
