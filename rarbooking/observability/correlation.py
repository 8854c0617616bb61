"""One id for a page, in every line that it logs and on everything that it asks of others."""

from typing import Any

import structlog
from django_structlog.signals import bind_extra_request_metadata

from delius.http.attempts import correlation_id


def connect() -> None:
    """Have every request given an id of ours: one that it came with may be anybody's, and would stand in the audit."""
    bind_extra_request_metadata.connect(_bind, dispatch_uid="rarbooking.observability.correlation")


def _bind(sender: Any, **rest: Any) -> None:
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())
