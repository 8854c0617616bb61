"""Holds every exchange of the client with the simulator against the document of the integration service.

Switched on by tests/conftest.py with `pytest_plugins = ["tests.contract.recording"]`: each test that uses the simulator
fails where the client sent a request, or took an answer, that the document does not describe.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from delius.conf import Connection
from delius.http import transport
from delius.http.session import new_session
from tests.contract.document import BASE, faults_of_answer, faults_of_request, is_of_the_service

SPOILING = {"malformed", "missing_field"}
REQUEST_SECONDS = 5


class Recorder:
    """What was wrong with the exchanges of one test. The sessions are the client's own, and only looked at."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.faults: list[str] = []

    def session(self, connection: Connection) -> requests.Session:
        """Return a session of the client whose answers are looked at."""
        session = new_session(connection)
        session.hooks["response"].append(self._look_at)
        return session

    def _look_at(self, answer: requests.Response, **_: Any) -> None:
        if not is_of_the_service(answer.request.url):
            return
        self.looked_at += 1
        self.faults += faults_of_request(answer.request)
        if answer.ok:
            faults = faults_of_answer(answer)
            self.faults += [] if faults and _was_spoiled(answer) else faults


def _was_spoiled(answer: requests.Response) -> bool:
    """Return whether a test asked the simulator for answers that do not follow the document."""
    base, _, _ = answer.url.partition(BASE)
    happened = requests.get(f"{base}/control/faults/happened", timeout=REQUEST_SECONDS).json()
    return bool(SPOILING & happened.keys())


@pytest.fixture(autouse=True)
def _exchanges_follow_the_document(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    recorder = Recorder()
    if {"simulator", "simulator_process"} & set(request.fixturenames):
        monkeypatch.setattr(transport, "new_session", recorder.session)
    yield
    assert not recorder.faults, "\n".join(recorder.faults)
