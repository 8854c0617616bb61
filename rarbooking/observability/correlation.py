"""Correlation id: one a request, in its log lines and on its upstream calls."""

from typing import Any

import structlog
from django_structlog.signals import bind_extra_request_metadata

from delius.http.attempts import correlation_id


def connect() -> None:
    """Bind a new id to every request. An incoming one is not trusted: it would be recorded in the audit."""
    bind_extra_request_metadata.connect(_bind, dispatch_uid="rarbooking.observability.correlation")


def _bind(sender: Any, **rest: Any) -> None:
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())
