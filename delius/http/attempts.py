"""Telling whoever asked of every request that was sent to a service, and how it ended."""

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
    """Keeps a record of requests."""

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Keep how a request ended: with a status, or with a fault."""


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_operation: ContextVar[str] = ContextVar("operation", default="")


def operation_under_way() -> str:
    """Return which call to a service this thread is making; empty for none."""
    return _operation.get()


@contextmanager
def recorded_by(recorder: Recorder | None) -> Iterator[None]:
    """Tell `recorder`, or nobody, of every request that this thread sends in the block."""
    before = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(before)


class Attempt:
    """One request: its line in the log, and its record where somebody keeps one."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.correlation_id = correlation_id()
        self._recorder = _recorder.get()
        _operation.set(operation)
        self._began = time.perf_counter()

    @property
    def headers(self) -> dict[str, str]:
        """The header by which the other side's logs can be found."""
        return {CORRELATION_HEADER: self.correlation_id}

    def answered(self, status: int) -> None:
        """Note an answer, whatever it says."""
        self._ended(status=status, fault="")

    def failed(self, error: Exception) -> None:
        """Note that no answer came. Only the kind of error is kept: its text may hold the address, and so the CRN."""
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
        # Robust: whoever listens must not be able to turn a call that was answered into one that failed.
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
    """Return the id of the page or job that this is part of; a new one where it has none that a header can carry."""
    known = structlog.contextvars.get_contextvars()
    current = str(known.get("correlation_id") or known.get("request_id") or "")
    return current if CORRELATION_ID.fullmatch(current) else str(uuid.uuid4())
