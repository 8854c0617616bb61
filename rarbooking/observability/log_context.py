"""What every line of the log says of the request it belongs to."""

from typing import Any

import structlog
from django.core.signals import request_started
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from rarbooking.web.rate_limits import client_address


def connect() -> None:
    """Have each request begin with nothing of another's, and its address known."""
    request_started.connect(_forget, dispatch_uid="rarbooking.observability.log_context")
    bind_extra_request_metadata.connect(_bind_address, dispatch_uid="rarbooking.observability.log_context")


def _forget(sender: Any, **rest: Any) -> None:
    """Drop what a request that ended in an error before its time may have left behind in this thread."""
    structlog.contextvars.clear_contextvars()


def _bind_address(sender: Any, *, request: HttpRequest, **rest: Any) -> None:
    structlog.contextvars.bind_contextvars(ip=client_address(request))
