"""What happens to the requests of this process on their way out: connections refused, and the process killed."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from django.db import connection
from requests.adapters import HTTPAdapter

KILLED = 9
NOBODY_LISTENS = "http://127.0.0.1:1"
OPERATIONS = {
    ("POST", "token"): "token",
    ("PUT", "nsis"): "putNsi",
    ("DELETE", "nsis"): "withdrawNsi",
    ("PUT", "appointments"): "putAppointment",
    ("GET", "appointments"): "getAppointmentByReference",
    ("PUT", "outcome"): "putOutcome",
    ("PUT", "reschedule"): "reschedule",
}
PATH = re.compile(r"/oauth/(token)$|/cases/\w+/(nsis|appointments)/urn|/contacts/\d+/(outcome|reschedule)$")

Go = Callable[..., Any]


@contextmanager
def connections_refused(operation: str, *, times: int | None = None) -> Iterator[None]:
    """Send requests of an operation to where nobody listens, the first `times` of them or all."""
    left = times

    def send(go_on: Go, request: requests.PreparedRequest) -> Any:
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

    def send(go_on: Go, request: requests.PreparedRequest) -> Any:
        if operation_of(request) == operation:
            os._exit(KILLED)
        return go_on(request)

    with _on_the_way_out(send):
        yield


@contextmanager
def killed_after(operation: str) -> Iterator[None]:
    """End this process the moment a request of an operation is answered, or is known to remain without an answer."""

    def send(go_on: Go, request: requests.PreparedRequest) -> Any:
        try:
            return go_on(request)
        finally:
            if operation_of(request) == operation:
                os._exit(KILLED)

    with _on_the_way_out(send):
        yield


@contextmanager
def killed_at(moment: int) -> Iterator[None]:
    """End this process at its moment of this number, from 0, in the block.

    Its moments are: before each request to a service, after it, and before each statement to its database. A
    transaction that is not yet committed then is lost with it.
    """
    passed = 0

    def pass_on() -> None:
        nonlocal passed
        if passed == moment:
            os._exit(KILLED)
        passed += 1

    def send(go_on: Go, request: requests.PreparedRequest) -> Any:
        pass_on()
        try:
            return go_on(request)
        finally:
            pass_on()

    def execute(go_on: Go, *statement: Any) -> Any:
        pass_on()
        return go_on(*statement)

    with _on_the_way_out(send), connection.execute_wrapper(execute):
        yield


def operation_of(request: requests.PreparedRequest) -> str | None:
    """Return what the simulator calls the operation that a request is for; None for one that no write needs."""
    path = PATH.search(urlsplit(request.url or "").path)
    return OPERATIONS.get((request.method or "", path[1] or path[2] or path[3])) if path else None


@contextmanager
def _on_the_way_out(send: Callable[[Go, requests.PreparedRequest], Any]) -> Iterator[None]:
    real = HTTPAdapter.send

    def sent(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> Any:
        return send(lambda changed: real(adapter, changed, **options), request)

    with patch.object(HTTPAdapter, "send", sent):
        yield
