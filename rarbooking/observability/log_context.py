"""Log context of a request: cleared at its start, with the client address bound."""

from typing import Any

import structlog
from django.core.signals import request_started
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from rarbooking.web.rate_limits import client_address


def connect() -> None:
    """Connect the receivers."""
    request_started.connect(_clear_context, dispatch_uid="rarbooking.observability.log_context")
    bind_extra_request_metadata.connect(_bind_address, dispatch_uid="rarbooking.observability.log_context")


def _clear_context(sender: Any, **rest: Any) -> None:
    """Clear the context that a failed request may have left in this thread."""
    structlog.contextvars.clear_contextvars()


def _bind_address(sender: Any, *, request: HttpRequest, **rest: Any) -> None:
    structlog.contextvars.bind_contextvars(ip=client_address(request))
