"""Bookings, the processes that work on them, the clock they live by, and what Delius holds in the end."""

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache as remembered
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from booking.journey.request import AppointmentRequest
from booking.models import Booking, Draft
from booking.services import confirm, progress
from booking.services.leases import Busy
from booking.services.resume import resume_due
from booking.services.states import AT_REST
from delius.client import get_client, reset_client
from delius.records import Event
from delius.writes import Officer
from tests.simulator_process import Simulator
from toolkits.selectors import ToolkitChoice

NEXT_WEEK = datetime.combine(date.today() + timedelta(days=7), time(10), tzinfo=ZoneInfo("Europe/London"))
HALF_AN_HOUR = timedelta(minutes=30)
BRIAN, CLARA = "X000001", "X000002"
DIALOGUES, MAPS = "TKDEV", "TKMAP"
USERNAME = "ROBIN.SAMPLE"
OFFICER = Officer(provider_code="N90", team_code="N90AAA", staff_code="N90A001")
SETTLING_SECONDS = settings.BOOKING_SETTLING_SECONDS
PATIENCE_SECONDS, LATE_SECONDS = 0.3, 0.4
LIVED, CRASHED = 0, 1
LONGEST_WAIT_SECONDS = 10
NEEDS_ATTENTION = "needs_attention"


def resume(booking_id: Any) -> None:
    """Carry a booking on as far as it goes now; what Delius does not answer now is for the next time."""
    with suppress(Busy):
        progress.run(booking_id)


def let_a_worker_carry_on() -> None:
    """Have a worker take every booking that is due by now as far as it goes."""
    resume_due()


@dataclass
class Clock:
    """The time of the product, in every process forked from here, and of the simulator."""

    traveller: time_machine.Traveller
    simulator: Simulator

    def move_on(self, seconds: float) -> None:
        """Let time pass. The simulator's stands still in between, so it is set to a little later than ours."""
        self.traveller.shift(timedelta(seconds=seconds))
        self.simulator.freeze((timezone.now() + timedelta(minutes=1)).isoformat())

    def outlast_leases(self) -> None:
        """Let so much time pass that leases of dead processes have lapsed and Delius has done what it was sent."""
        self.move_on(settings.BOOKING_LEASE_SECONDS + SETTLING_SECONDS + 1)


def confirmed(
    *, crn: str = BRIAN, toolkit: str = DIALOGUES, start: datetime = NEXT_WEEK, keep_draft: bool = True
) -> Booking:
    """Return the booking of an office visit of half an hour that was confirmed just now, and of which nothing is sent.

    Without a toolkit it does not count towards RAR. Without `keep_draft` it has no draft: a person has one a case.
    """
    user, _ = get_user_model().objects.get_or_create(username=USERNAME)
    draft = Draft(user=user, crn=crn, answers={"notes": "Bring the workbook."})
    if keep_draft:
        draft.save()
    event, requirement_id = sentence_of(crn)
    request = AppointmentRequest(
        crn=crn,
        event=event,
        officer=OFFICER,
        type_code="COAP",
        type_name="Office visit",
        start=start,
        end=start + HALF_AN_HOUR,
        office_code="N90HAR",
        office_name="Harrow End",
        notes="Bring the workbook.",
        sensitive=False,
        requirement_id=requirement_id if toolkit else None,
        toolkit=_choice(toolkit) if toolkit else None,
    )
    return confirm.submit(draft=draft, requests=[request])


@contextmanager
def impatient() -> Iterator[None]:
    """Wait less long for Delius than a fault makes it take."""
    with override_settings(DELIUS_READ_TIMEOUT=PATIENCE_SECONDS):
        yield


@remembered
def sentence_of(crn: str) -> tuple[Event, int]:
    """Return a person's sentence and RAR requirement; the data sets number them alike each time."""
    event = get_client().events(crn)[0]
    return event, get_client().requirements(crn, event.event_id)[0].requirement_id


def as_another_process() -> None:
    """Forget what this process knows of Delius, and its connections there: the next step is somebody else's."""
    cache.clear()
    reset_client()


def fork(work: Callable[[], object]) -> int:
    """Start a process that does some work, with connections of its own, and return its id."""
    connections.close_all()
    process = os.fork()
    if process:
        return process
    status = CRASHED
    try:
        work()
        status = LIVED
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def status_of(process: int) -> int:
    """Wait for a forked process to end and return its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def at_once(works: Sequence[Callable[[], object]]) -> None:
    """Do some work in as many processes at once; every one must live."""
    processes = [fork(work) for work in works]
    assert [status_of(process) for process in processes] == [LIVED] * len(works)


def wait_until(happened: Callable[[], object]) -> None:
    """Ask until something has happened elsewhere."""
    deadline = monotonic() + LONGEST_WAIT_SECONDS
    while not happened():
        assert monotonic() < deadline, "It never happened."


def wait_until_delius_is_done(simulator: Simulator) -> None:
    """Wait for what Delius still does although we stopped waiting for its answer."""
    wait_until(lambda: all(each["status"] for each in simulator.requests()))


def appointments_of(simulator: Simulator, booking: Booking) -> list[dict[str, Any]]:
    """Return the appointments in Delius that are what a booking asked for."""
    start = timezone.localtime(booking.start).isoformat()[:16]
    return [
        each
        for each in simulator.contacts(booking.crn)
        if each["type"] == booking.type_code and each["start"] == start and not each["softDeleted"]
    ]


def nsis_of(simulator: Simulator, crn: str, *, toolkit: str = DIALOGUES) -> list[dict[str, Any]]:
    """Return a person's NSIs of a toolkit."""
    return [each for each in simulator.nsis(crn) if each["type"] == toolkit and not each["softDeleted"]]


def is_settled(booking: Booking) -> bool:
    """Return whether nobody need wait for this booking any more: it is at rest, or somebody was asked to look at it."""
    return booking.state in AT_REST or booking.state == NEEDS_ATTENTION


def _choice(code: str) -> ToolkitChoice:
    return ToolkitChoice(
        name=f"Sample {code}",
        slug=code.lower(),
        nsi_type_code=code,
        nsi_sub_type_code=None,
        nsi_status_code="INPROG",
        nsi_length=None,
        nsi_notes="",
        is_placeholder=False,
    )
