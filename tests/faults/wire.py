"""What happens to the requests of this process on their way out: connections refused, and the process killed."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

KILLED = 9
NOBODY_LISTENS = "http://127.0.0.1:1"
OPERATIONS = {
    ("POST", "token"): "token",
    ("GET", "nsis"): "nsis",
    ("POST", "nsi"): "create_nsi",
    ("GET", "contact-summary"): "contact_summary",
    ("POST", "appointments"): "create_appointment",
}


@contextmanager
def connections_refused(operation: str, *, times: int | None = None) -> Iterator[None]:
    """Send requests of an operation to where nobody listens, the first `times` of them or all."""
    left = times

    def send(go_on: Callable[..., Any], request: requests.PreparedRequest) -> Any:
        nonlocal left
        if operation_of(request) == operation and left != 0:
            left = left and left - 1
            request = request.copy()
            request.url = NOBODY_LISTENS + urlsplit(request.url or "").path
        return go_on(request)

    with _on_the_way_out(send):
        yield


@contextmanager
def killed_before(operation: str) -> Iterator[None]:
    """End this process the moment it would send a request of an operation."""

    def send(go_on: Callable[..., Any], request: requests.PreparedRequest) -> Any:
        if operation_of(request) == operation:
            os._exit(KILLED)
        return go_on(request)

    with _on_the_way_out(send):
        yield


@contextmanager
def killed_after(operation: str) -> Iterator[None]:
    """End this process the moment a request of an operation is answered, or is known to remain without an answer."""

    def send(go_on: Callable[..., Any], request: requests.PreparedRequest) -> Any:
        try:
            return go_on(request)
        finally:
            if operation_of(request) == operation:
                os._exit(KILLED)

    with _on_the_way_out(send):
        yield


@contextmanager
def every_exchange_followed_by(happening: Callable[[], object]) -> Iterator[None]:
    """Let something happen after each exchange."""

    def send(go_on: Callable[..., Any], request: requests.PreparedRequest) -> Any:
        try:
            return go_on(request)
        finally:
            if operation_of(request):
                happening()

    with _on_the_way_out(send):
        yield


def operation_of(request: requests.PreparedRequest) -> str | None:
    """Return what the simulator calls the operation that a request is for; None for the control door's."""
    path = urlsplit(request.url or "").path
    return None if path.startswith("/control/") else OPERATIONS.get((request.method or "", path.rsplit("/", 1)[-1]))


@contextmanager
def _on_the_way_out(send: Callable[[Callable[..., Any], requests.PreparedRequest], Any]) -> Iterator[None]:
    real = HTTPAdapter.send

    def sent(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> Any:
        return send(lambda changed: real(adapter, changed, **options), request)

    with patch.object(HTTPAdapter, "send", sent):
        yield
