"""Many confirmations at once, in processes of their own, while a share of what they send goes wrong."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from django.db import connection
from pytest_django import Settings

from booking.models import Booking, BookingState
from tests.faults.harness import (
    DIALOGUES,
    HALF_AN_HOUR,
    MAPS,
    NEXT_WEEK,
    Clock,
    as_another_process,
    at_once,
    confirmed,
    is_settled,
    let_a_worker_carry_on,
    reference_of,
    resume,
)
from tests.faults.tally import Found, Record, keep
from tests.simulator_process import Simulator

pytestmark = pytest.mark.database

TOOLKITS = (DIALOGUES, MAPS)
PATIENCE_SECONDS = 5
TIME_TO_MEET_SECONDS = 0.05
SHARE_IN_TROUBLE = 0.3
MOST_ROUNDS = 8
TROUBLES = [
    ("putNsi", "drop_before"),
    ("putNsi", "drop_after"),
    ("putNsi", "status_after"),
    ("putNsi", "malformed"),
    ("putAppointment", "status"),
    ("putAppointment", "status_after"),
    ("putAppointment", "drop_before"),
    ("putAppointment", "drop_after"),
    ("putAppointment", "timeout_after"),
    ("putAppointment", "expire_token"),
    ("withdrawNsi", "drop_after"),
    ("token", "status"),
]


@dataclass(frozen=True)
class Crowd:
    """How many people, how many appointments each on each toolkit, and how many processes to arrange them."""

    people: int
    appointments: int
    processes: int

    @property
    def crns(self) -> list[str]:
        """Return who they are."""
        return [f"X1{number:05d}" for number in range(1, self.people + 1)]


CROWDS = {"postgresql": Crowd(people=20, appointments=5, processes=5), "sqlite": Crowd(4, 3, 4)}


@pytest.fixture
def crowd(clock: Clock, simulator: Simulator, settings: Settings) -> Crowd:
    """Two hundred appointments on PostgreSQL, and as many as SQLite takes in the same time."""
    settings.DELIUS_READ_TIMEOUT = PATIENCE_SECONDS
    simulator.reset(dataset="large_caseload")
    clock.move_on(0)
    return CROWDS[connection.vendor]


def test_everybody_is_booked_once_and_each_toolkit_has_one_nsi_a_person(
    crowd: Crowd, clock: Clock, simulator: Simulator, record_property: Record
) -> None:
    bookings = confirm_everybody(crowd, apart=HALF_AN_HOUR)
    arrange(bookings, crowd, clock, simulator)
    nsis = assert_sound(crowd, simulator, record_property)
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == len(bookings)
    assert nsis == {(crn, toolkit): 1 for crn in crowd.crns for toolkit in TOOLKITS}


def test_of_appointments_that_overlap_one_a_person_is_booked_and_the_others_are_refused_and_leave_no_nsi(
    crowd: Crowd, clock: Clock, simulator: Simulator, record_property: Record
) -> None:
    bookings = confirm_everybody(crowd, apart=timedelta(minutes=1))
    arrange(bookings, crowd, clock, simulator)
    nsis = assert_sound(crowd, simulator, record_property)
    booked = Booking.objects.filter(state=BookingState.BOOKED).values_list("crn", "nsi_type_code")
    assert sorted(crn for crn, _ in booked) == crowd.crns
    assert nsis == dict.fromkeys(booked, 1)
    assert Booking.objects.filter(state=BookingState.REFUSED, clash=True).count() == len(bookings) - crowd.people


def confirm_everybody(crowd: Crowd, *, apart: timedelta) -> list[Booking]:
    """Return bookings whose starts are so far apart for each person, those of one person side by side."""
    return [
        confirmed(crn=crn, toolkit=toolkit, start=NEXT_WEEK + apart * number, keep_draft=False)
        for crn in crowd.crns
        for number, toolkit in enumerate(sorted(TOOLKITS * crowd.appointments))
    ]


def arrange(bookings: list[Booking], crowd: Crowd, clock: Clock, simulator: Simulator) -> None:
    """Carry every booking on in several processes at once: first with trouble, then as the worker does without."""
    share_in_trouble = SHARE_IN_TROUBLE
    simulator.fault("putNsi", "latency", seconds=TIME_TO_MEET_SECONDS, times=None)
    for _ in range(MOST_ROUNDS):
        unsettled = [each for each in bookings if not is_settled(Booking.objects.get(id=each.id))]
        if not unsettled:
            break
        shares = [unsettled[number :: crowd.processes] for number in range(crowd.processes)]
        at_once(
            [
                partial(work_through, share, simulator, Random(number), share_in_trouble)
                for number, share in enumerate(shares)
            ]
        )
        simulator.clear_faults()
        share_in_trouble = 0
        clock.let_everything_become_due()
    while Booking.objects.exclude(withdraw_nsi_at=None).exists():
        clock.let_everything_become_due()
        at_once([let_a_worker_carry_on] * crowd.processes)


def work_through(share: list[Booking], simulator: Simulator, random: Random, share_in_trouble: float) -> None:
    """Carry some bookings on, one after another, and now and then let something go wrong for whoever comes next."""
    as_another_process()
    control = Simulator(simulator.base_url)
    for booking in share:
        if random.random() < share_in_trouble:
            operation, kind = random.choice(TROUBLES)
            control.fault(operation, kind, status=500, seconds=PATIENCE_SECONDS + 1)
        resume(booking.id)


def assert_sound(crowd: Crowd, simulator: Simulator, record_property: Record) -> Counter[tuple[str, str]]:
    """Hold our rows against the record that Delius has; return how many open NSIs each person has of each toolkit."""
    held = Counter(each["contactId"] for each in simulator.contacts() if each["type"] == "COAP")
    borne = {each["contactId"]: each["externalReference"] for each in simulator.contacts()}
    states = Counter(Booking.objects.values_list("state", flat=True))
    booked = Counter(Booking.objects.filter(state=BookingState.BOOKED).values_list("appointment_id", flat=True))
    nsis = Counter(
        (each["crn"], each["type"]) for each in simulator.nsis() if each["active"] and not each["softDeleted"]
    )
    found = Found(
        combinations=states.total(),
        booked=states[BookingState.BOOKED],
        refused=states[BookingState.REFUSED],
        lost=(booked - held).total(),
        duplicate_appointments=(held - booked).total(),
        duplicate_nsis=sum(number - 1 for number in nsis.values()),
        unsettled=sum(not is_settled(each) for each in Booking.objects.all()),
    )
    keep(record_property, found)
    assert found.is_sound, found
    for booking in Booking.objects.filter(state=BookingState.BOOKED):
        assert borne[booking.appointment_id] == reference_of(booking)
    return nsis
