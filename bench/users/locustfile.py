"""Locust's users: practitioners who arrange appointments, and people who read guidance.

Told by the environment: BENCH_SAMPLES is the file that takes a line for each request and for each finished journey,
[when it ended, name, milliseconds, whether it was as expected], and for how many pages a journey had; and
BENCH_FIRST_JOURNEY the number to begin with.
"""

import itertools
import json
import os
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from locust import FastHttpUser, constant, events, task

from bench import caseloads
from bench.journey import ARRANGED, Answer, Confirmed, JourneyFailed, arrange, sign_in, wanted

JOURNEY, PAGES = "journey", "pages"
GUIDANCE = (
    "/guidance/",
    "/guidance/toolkits/",
    "/guidance/toolkits/developing-dialogues/",
    "/guidance/toolkits/maps-for-change/",
    "/guidance/risk-flags/",
    "/guidance/search/?q=alcohol",
)

_samples = Path(os.environ["BENCH_SAMPLES"]).open("a", buffering=1)  # noqa: SIM115 - for as long as the process lives
_users = itertools.count(1)


@events.test_start.add_listener
def _started(**details: Any) -> None:
    _keep("started", 0, good=True)


def _keep(name: str, milliseconds: float, *, good: bool) -> None:
    _samples.write(json.dumps([round(time.time(), 3), name, round(milliseconds, 2), good]) + "\n")


class LocustClient:
    """Sends a journey's requests with a Locust user's client."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.sent = 0

    def get(self, address: str, *, name: str) -> Answer:
        return self._answer("GET", address, name)

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Answer:
        return self._answer("POST", address, name, data=dict(fields))

    def _answer(self, method: str, address: str, name: str, **options: Any) -> Answer:
        self.sent += 1
        began = time.perf_counter()
        with self._session.request(
            method, address, name=name, allow_redirects=False, catch_response=True, **options
        ) as response:
            good = 200 <= response.status_code < 400
            if good:
                response.success()
            _keep(name, (time.perf_counter() - began) * 1000, good=good)
            headers = response.headers or {}
            return Answer(response.status_code, response.text or "", headers.get("Location", ""))


class SignedIn(FastHttpUser):
    """Somebody with an account of their own, who never stops to think: each user keeps one request under way."""

    abstract = True
    wait_time = constant(0)

    def on_start(self) -> None:
        self.number = next(_users)
        self.browser = LocustClient(self.client)
        sign_in(self.browser, caseloads.username(self.number))


class Practitioner(SignedIn):
    """Arranges one appointment after another for the people of their own caseload."""

    def on_start(self) -> None:
        super().on_start()
        # Elsewhere on each run, so that an earlier run's appointments are not in the way.
        self._journeys = itertools.count(int(os.environ.get("BENCH_FIRST_JOURNEY", "0")))
        self._confirmed: list[Confirmed] = []

    @task
    def arrange(self) -> None:
        turn, person = divmod(next(self._journeys), caseloads.CASELOAD)
        began = time.perf_counter()
        self.browser.sent = 0
        try:
            arranged = arrange(
                self.browser,
                wanted(caseloads.crn(self.number, person + 1), turn, today=date.today()),
                confirmed=self._confirmed,
            )
        except JourneyFailed as failure:
            _keep(f"failed: {failure}", 0, good=False)
        else:
            _keep(PAGES, self.browser.sent, good=True)
            _keep(JOURNEY, (time.perf_counter() - began) * 1000, good=True)
            if arranged.outcome != ARRANGED:
                _keep(f"failed: {arranged.outcome}", 0, good=False)


class Reader(SignedIn):
    """Reads guidance, one page after another."""

    pages: ClassVar = itertools.cycle(GUIDANCE)

    @task
    def read(self) -> None:
        self.browser.get(next(self.pages), name="guidance")
