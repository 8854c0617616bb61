"""Bookings, the processes that work on them, the clock they live by, and what Delius holds in the end."""

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache as remembered
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from booking.journey.request import AppointmentRequest
from booking.models import Booking, BookingState, Draft
from booking.services import confirm
from booking.services.confirm import ShownNsi
from booking.services.delivery import processing
from booking.services.delivery.resume import resume_due
from booking.services.states import FINAL_STATES
from delius.client import get_client, reset_client
from delius.http import background
from delius.records import Event
from delius.request_bodies import Officer
from delius.writes import appointments, nsis
from tests.simulator_process import Simulator
from toolkits.selectors import ToolkitChoice

NEXT_WEEK = datetime.combine(date.today() + timedelta(days=7), time(10), tzinfo=ZoneInfo("Europe/London"))
HALF_AN_HOUR = timedelta(minutes=30)
BRIAN, CLARA = "X000001", "X000002"
DIALOGUES, MAPS = "TKDEV", "TKMAP"
USERNAME = "ROBIN.SAMPLE"
OFFICER = Officer(provider_code="N90", team_code="N90AAA", staff_code="N90A001")
PATIENCE_SECONDS, LATE_SECONDS = 0.3, 0.4
# As long as a booking ever waits for its next try, and an NSI to be withdrawn.
LONGEST_PAUSE = 15 * 60 + 1
LIVED, CRASHED = 0, 1
LONGEST_WAIT_SECONDS = 10


def press(booking: Booking) -> None:
    """Take a booking to Delius as the page does that it was confirmed on."""
    processing.process(Booking.objects.select_related("user").get(id=booking.id), is_new=True)


def resume(booking_id: Any) -> None:
    """Take a booking further, as far as it goes now, as whoever comes later does."""
    processing.process(Booking.objects.select_related("user").get(id=booking_id))


def let_a_worker_carry_on() -> None:
    """Have a worker that begins anew take everything that is due by now as far as it goes."""
    as_another_process()
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

    def let_everything_become_due(self) -> None:
        """Let so much time pass that whatever waits is due."""
        self.move_on(LONGEST_PAUSE)


def confirmed(
    *,
    crn: str = BRIAN,
    toolkit: str = DIALOGUES,
    start: datetime = NEXT_WEEK,
    keep_draft: bool = True,
    nsi_id: int | None = None,
) -> Booking:
    """Return the booking of an office visit of half an hour that was confirmed just now, and of which nothing is sent.

    Without a toolkit it does not count towards RAR. `nsi_id` is the NSI that *Check your answers* showed. Without
    `keep_draft` it has no draft: a person has one a case.
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
    booking, _ = confirm.submit(draft=draft, requests=[request], shown=ShownNsi(nsi_id) if nsi_id else None)
    return booking


@contextmanager
def impatient() -> Iterator[None]:
    """Wait less long for Delius than a fault makes it take."""
    with override_settings(DELIUS_READ_TIMEOUT=PATIENCE_SECONDS):
        yield


@remembered
def sentence_of(crn: str) -> tuple[Event, int]:
    """Return a person's sentence and RAR requirement; the data sets number them alike each time."""
    event = get_client().case(crn, username=USERNAME).events[0]
    return event, next(each.requirement_id for each in event.requirements if each.is_rar)


def as_another_process() -> None:
    """Forget what this process knows of Delius, and its connections there: the next step is somebody else's."""
    background.drain()
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
    """Return what Delius has of a booking by its reference, and what else the product made that is what it asked for.

    With what was deleted by hand since.
    """
    reference, start = reference_of(booking), timezone.localtime(booking.start).isoformat()[:16]
    known = {reference_of(each) for each in Booking.objects.exclude(id=booking.id)}
    return [
        each
        for each in simulator.contacts(booking.crn)
        if each["externalReference"] == reference
        or (each["externalReference"] and each["externalReference"] not in known and each["start"] == start)
    ]


def reference_of(booking: Booking) -> str:
    """Return what a booking's appointment is known by in Delius."""
    return f"{appointments.NAMESPACE}{booking.appointment_reference}"


def nsis_of(simulator: Simulator, crn: str, *, toolkit: str = DIALOGUES) -> list[dict[str, Any]]:
    """Return a person's open NSIs of a toolkit."""
    return [
        each for each in simulator.nsis(crn) if each["type"] == toolkit and each["active"] and not each["softDeleted"]
    ]


def made_by_us(nsi: dict[str, Any]) -> bool:
    """Return whether an NSI bears a reference of the product's."""
    return str(nsi["externalReference"] or "").startswith(nsis.NAMESPACE)


def is_settled(booking: Booking) -> bool:
    """Return whether nobody need wait for this booking any more: it is at rest, or somebody was asked to look at it."""
    return booking.state in FINAL_STATES or booking.state == BookingState.NEEDS_ATTENTION


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
