"""One booking, and everything that can go wrong in each exchange that it takes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from booking.models import Booking, BookingState, Draft
from delius.client import get_client
from tests.faults.harness import (
    BRIAN,
    DIALOGUES,
    LATE_SECONDS,
    SETTLING_SECONDS,
    Clock,
    appointments_of,
    as_another_process,
    confirmed,
    fork,
    impatient,
    is_settled,
    let_a_worker_carry_on,
    nsis_of,
    resume,
    status_of,
    wait_until_delius_is_done,
)
from tests.faults.tally import Found, Record, keep
from tests.faults.wire import KILLED, connections_refused, killed_after, killed_before
from tests.simulator_process import Simulator

WRITES = {"create_nsi", "create_appointment"}
TRIES_UNDER_TROUBLE = 2
TRIES_AFTERWARDS = 4
MOST_TRIES = 5


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with an exchange. One that `says_no` is Delius's last word and may end a booking."""

    name: str
    kind: str
    details: dict[str, Any] = field(default_factory=dict)
    says_no: bool = False
    after_writing: bool = False

    @property
    def takes_too_long(self) -> bool:
        """Whether we stop waiting for an answer."""
        return "seconds" in self.details


TOO_LONG = {"seconds": LATE_SECONDS}
REFUSED = Fault("connection refused", "refused")
FAULTS = [
    REFUSED,
    Fault("dropped unread", "drop_before"),
    Fault("no answer", "timeout_before", TOO_LONG),
    Fault("500", "status", {"status": 500}),
    Fault("503", "status", {"status": 503}),
    Fault("429", "status", {"status": 429}),
    Fault("token expired", "expire_token"),
    Fault("401", "status", {"status": 401}),
    Fault("403", "status", {"status": 403}, says_no=True),
    Fault("malformed", "malformed"),
    Fault("missing field", "missing_field"),
    Fault("dropped after writing", "drop_after", after_writing=True),
    Fault("no answer after writing", "timeout_after", TOO_LONG, after_writing=True),
    Fault("500 after writing", "status_after", {"status": 500}, after_writing=True),
    Fault("503 after writing", "status_after", {"status": 503}, after_writing=True),
    Fault("written late", "latency", TOO_LONG, after_writing=True),
]
MISSING = {
    "token": "access_token",
    "nsis": "nsis",
    "create_nsi": "id",
    "contact_summary": "content.contactId",
    "create_appointment": "appointmentId",
}


@dataclass(frozen=True)
class Exchange:
    """One exchange of a booking's life, and what must have happened to come to it.

    `lost` is the write whose answer went missing before, and how. `knows_token`: the process has a token to read with.
    """

    name: str
    operation: str
    toolkit: str = DIALOGUES
    lost: tuple[str, str] | None = None
    knows_token: bool = False


NSI_MADE, NSI_NOT_MADE = ("create_nsi", "drop_after"), ("create_nsi", "drop_before")
MADE, NOT_MADE = ("create_appointment", "drop_after"), ("create_appointment", "drop_before")
EXCHANGES = [
    Exchange("token to read with", "token"),
    Exchange("read NSIs", "nsis"),
    Exchange("token to write with", "token", knows_token=True),
    Exchange("create NSI", "create_nsi"),
    Exchange("create appointment", "create_appointment"),
    Exchange("token to look for NSI", "token", lost=NSI_MADE),
    Exchange("look for NSI that was made", "nsis", lost=NSI_MADE),
    Exchange("look for NSI that was not made", "nsis", lost=NSI_NOT_MADE),
    Exchange("create NSI again", "create_nsi", lost=NSI_NOT_MADE),
    Exchange("create appointment on NSI that was found", "create_appointment", lost=NSI_MADE),
    Exchange("token to look for appointment", "token", lost=MADE),
    Exchange("look for appointment that was made", "contact_summary", lost=MADE),
    Exchange("look for appointment that was not made", "contact_summary", lost=NOT_MADE),
    Exchange("create appointment again", "create_appointment", lost=NOT_MADE),
    Exchange("without RAR: token to write with", "token", toolkit=""),
    Exchange("without RAR: create appointment", "create_appointment", toolkit=""),
    Exchange("without RAR: token to look for appointment", "token", toolkit="", lost=MADE),
    Exchange("without RAR: look for appointment that was made", "contact_summary", toolkit="", lost=MADE),
    Exchange("without RAR: look for appointment that was not made", "contact_summary", toolkit="", lost=NOT_MADE),
    Exchange("without RAR: create appointment again", "create_appointment", toolkit="", lost=NOT_MADE),
]
COMBINATIONS = [
    (exchange, fault)
    for exchange in EXCHANGES
    for fault in FAULTS
    if exchange.operation in WRITES or not fault.after_writing
]


def each(combinations: list[tuple[Exchange, Fault]]) -> Any:
    """Mark a test to be run for each of some combinations."""
    names = [f"{exchange.name}-{fault.name}" for exchange, fault in combinations]
    return pytest.mark.parametrize(("exchange", "fault"), combinations, ids=names)


each_combination = each(COMBINATIONS)
each_fault_of_a_write = each([(exchange, fault) for exchange, fault in COMBINATIONS if exchange.operation in WRITES])
each_exchange = pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])


@each_combination
def test_a_fault_that_happens_once_leaves_one_appointment(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        run_into_it(booking, simulator)
    resume(booking.id)
    until_delius_is_done(simulator, fault)
    carry_on(booking, clock)
    assert_sound(booking, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_while_a_fault_lasts_a_booking_waits_and_when_it_is_mended_there_is_one_appointment(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=None):
        try_for_long(booking, clock, simulator, fault)
        assert_sound(booking, simulator, record_property, may_refuse=fault.says_no, may_wait=True)
    carry_on(booking, clock)
    assert_sound(booking, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_a_process_killed_by_a_fault_leaves_one_appointment(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        kill(booking, killed_after(exchange.operation))
        assert simulator.faults() == []
        until_delius_is_done(simulator, fault)
    carry_on(booking, clock)
    assert_sound(booking, simulator, record_property, may_refuse=fault.says_no)


@each_fault_of_a_write
def test_a_process_killed_by_a_fault_that_lasts_leaves_a_booking_that_waits_and_then_one_appointment(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=None):
        kill(booking, killed_after(exchange.operation))
        until_delius_is_done(simulator, fault)
        clock.outlast_leases()
        try_for_long(booking, clock, simulator, fault)
        assert_sound(booking, simulator, record_property, may_refuse=fault.says_no, may_wait=True)
    carry_on(booking, clock)
    assert_sound(booking, simulator, record_property, may_refuse=fault.says_no)


@each_exchange
@pytest.mark.parametrize("moment", [killed_before, killed_after], ids=["before", "after"])
def test_a_process_killed_at_any_exchange_leaves_one_appointment(
    clock: Clock, simulator: Simulator, exchange: Exchange, moment: Any, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    kill(booking, moment(exchange.operation))
    carry_on(booking, clock)
    assert_sound(booking, simulator, record_property)


def on_the_way_to(exchange: Exchange, clock: Clock, simulator: Simulator) -> Booking:
    """Return a booking whose next run comes to an exchange, in a process that knows nothing of Delius but the token."""
    booking = confirmed(toolkit=exchange.toolkit)
    if exchange.lost:
        operation, kind = exchange.lost
        simulator.fault(operation, kind)
        resume(booking.id)
        booking.refresh_from_db()
        assert booking.state == BookingState.UNCERTAIN
        clock.move_on(SETTLING_SECONDS + 1)
    simulator.clear_requests()
    as_another_process()
    if exchange.knows_token:
        get_client().events(BRIAN)
    return booking


@contextmanager
def trouble(simulator: Simulator, exchange: Exchange, fault: Fault, *, times: int | None) -> Iterator[None]:
    """Let an exchange go wrong, so many times or all the time, until the end of the block."""
    with ExitStack() as stack:
        if fault.takes_too_long:
            stack.enter_context(impatient())
        if fault is REFUSED:
            stack.enter_context(connections_refused(exchange.operation, times=times))
        else:
            details = {"field": MISSING[exchange.operation]} if fault.kind == "missing_field" else fault.details
            simulator.fault(exchange.operation, fault.kind, times=times, **details)
            stack.callback(simulator.clear_faults)
        yield


def run_into_it(booking: Booking, simulator: Simulator) -> None:
    """Run a booking until what was to go wrong once has gone wrong."""
    for _ in range(MOST_TRIES):
        resume(booking.id)
        if not simulator.faults():
            return
    raise AssertionError("It never went wrong.")


def kill(booking: Booking, death: Any) -> None:
    """Run a booking in a process that dies of it."""

    def work() -> None:
        with death:
            for _ in range(MOST_TRIES):
                resume(booking.id)

    assert status_of(fork(work)) == KILLED


def until_delius_is_done(simulator: Simulator, fault: Fault) -> None:
    """Wait for what Delius writes after we stopped waiting for it."""
    if fault.takes_too_long:
        wait_until_delius_is_done(simulator)


def try_for_long(booking: Booking, clock: Clock, simulator: Simulator, fault: Fault) -> None:
    """Carry a booking on again and again in spite of a fault."""
    for _ in range(TRIES_UNDER_TROUBLE):
        resume(booking.id)
        until_delius_is_done(simulator, fault)
        clock.outlast_leases()


def carry_on(booking: Booking, clock: Clock) -> None:
    """Carry a booking on, as often as it takes, until it settles."""
    for _ in range(TRIES_AFTERWARDS):
        booking.refresh_from_db()
        if is_settled(booking):
            return
        clock.outlast_leases()
        let_a_worker_carry_on()


def assert_sound(
    booking: Booking,
    simulator: Simulator,
    record_property: Record,
    *,
    may_refuse: bool = False,
    may_wait: bool = False,
) -> None:
    """Hold our row of a booking against the record that Delius has of it."""
    booking = Booking.objects.get(id=booking.id)
    appointments = appointments_of(simulator, booking)
    nsis = nsis_of(simulator, booking.crn)
    booked, refused = booking.state == BookingState.BOOKED, booking.state == BookingState.REFUSED
    waiting = may_wait and booking.state not in {BookingState.CANCELLED, BookingState.BOOKED, BookingState.REFUSED}
    kept = Draft.objects.filter(crn=booking.crn).exists()
    found = Found(
        booked=booked,
        refused=refused,
        waiting=waiting,
        lost=(booked and not appointments)
        or (refused and (bool(appointments) or not may_refuse))
        or (not booked and not kept),
        duplicate_appointments=max(len(appointments) - 1, 0),
        duplicate_nsis=max(len(nsis) - bool(booking.counts_towards_rar), 0),
        unsettled=not waiting and not is_settled(booking),
    )
    keep(record_property, found)
    assert found.is_sound, (found, list(booking.history.values_list("to_state", "detail")))
    if booked:
        assert [each["contactId"] for each in appointments] == [booking.appointment_id]
        assert [each["nsiId"] for each in nsis] == [booking.nsi_id] * booking.counts_towards_rar
        assert appointments[0]["nsiId"] == booking.nsi_id
        assert not kept
