"""Locust's users under faults: practitioners who, when a page fails, try again, as people do.

Told by the environment: BENCH_SAMPLES as in locustfile.py, and BENCH_KNOWN, the file that takes what was confirmed and
what the page said of it, a JSON object a line. Three users at a time arrange sessions with one toolkit for one person.
"""

import itertools
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, constant, task

from bench import caseloads
from bench.journey import TOOLKITS, Answer, Confirmed, JourneyFailed, Wanted, arrange, sign_in, wanted
from bench.users.locustfile import LocustClient

AT_ONCE = 3
PEOPLE = caseloads.PRACTITIONERS * caseloads.CASELOAD
TRIES = 8
PAUSE_SECONDS = 1.0

_known = Path(os.environ["BENCH_KNOWN"]).open("a", buffering=1)  # noqa: SIM115 - for as long as the process lives
_users = itertools.count(1)
_journeys = itertools.count()


def _note(what: str, confirmed: Confirmed) -> None:
    appointment = confirmed.wanted
    _known.write(
        json.dumps(
            {
                "what": what,
                "booking": confirmed.booking_id,
                "crn": appointment.crn,
                "start": appointment.start.isoformat(),
                "outcome": confirmed.outcome,
            }
        )
        + "\n"
    )


def _next() -> Wanted:
    """Return the next appointment: the same person for a few users in a row, at different times."""
    group, member = divmod(next(_journeys), AT_ONCE)
    turn, person = divmod(group, PEOPLE)
    appointment = wanted(f"Y{person + 1:06d}", turn * AT_ONCE + member, today=date.today())
    return Wanted(appointment.crn, appointment.start, TOOLKITS[turn % len(TOOLKITS)])


class PatientClient:
    """Sends a request again where no answer or an error comes back, as somebody does who presses a button again."""

    def __init__(self, inner: LocustClient) -> None:
        self._inner = inner

    def get(self, address: str, *, name: str) -> Answer:
        return self._answer(lambda: self._inner.get(address, name=name))

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Answer:
        return self._answer(lambda: self._inner.post(address, fields, name=name))

    @staticmethod
    def _answer(ask: Any) -> Answer:
        answer: Answer = ask()
        for _ in range(TRIES):
            if answer.status and answer.status < 500:
                break
            gevent.sleep(PAUSE_SECONDS)
            answer = ask()
        return answer


class _Watched(list[Confirmed]):
    """Writes down what is about to be confirmed."""

    def append(self, confirmed: Confirmed) -> None:
        _note("pressed", confirmed)
        super().append(confirmed)


class Practitioner(FastHttpUser):
    """Arranges one appointment after another, for the people of the whole team."""

    wait_time = constant(0)
    connection_timeout = 30.0
    network_timeout = 60.0

    def on_start(self) -> None:
        self.username = caseloads.username(next(_users))
        self.browser = PatientClient(LocustClient(self.client))
        self.is_signed_in = False

    @task
    def arrange(self) -> None:
        try:
            if not self.is_signed_in:
                sign_in(self.browser, self.username)
                self.is_signed_in = True
            _note("seen", arrange(self.browser, _next(), confirmed=_Watched()))
        except JourneyFailed as failure:
            # Somebody who is asked to sign in does.
            self.is_signed_in = "/sign-in/" not in str(failure) and self.is_signed_in
            gevent.sleep(PAUSE_SECONDS)
