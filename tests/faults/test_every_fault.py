"""One booking, and everything that can go wrong in each exchange that it takes: to make an NSI, to make an appointment,
and to withdraw an NSI that was made in vain."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from booking.models import Booking, BookingState, Draft
from booking.services.delivery import cancellation
from booking.services.delivery.withdrawal import withdraw_due
from tests.faults.harness import (
    BRIAN,
    DIALOGUES,
    LATE_SECONDS,
    Clock,
    appointments_of,
    as_another_process,
    confirmed,
    fork,
    impatient,
    is_settled,
    let_a_worker_carry_on,
    made_by_us,
    nsis_of,
    press,
    resume,
    status_of,
    wait_until_delius_is_done,
)
from tests.faults.tally import Found, Record, keep
from tests.faults.wire import KILLED, connections_refused, killed_after, killed_at
from tests.simulator_process import Simulator

pytestmark = pytest.mark.exhaustive

WRITES = {"putNsi", "putAppointment", "withdrawNsi"}
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
    Fault("malformed", "malformed", after_writing=True),
    Fault("missing field", "missing_field", after_writing=True),
    Fault("dropped after writing", "drop_after", after_writing=True),
    Fault("no answer after writing", "timeout_after", TOO_LONG, after_writing=True),
    Fault("500 after writing", "status_after", {"status": 500}, after_writing=True),
    Fault("503 after writing", "status_after", {"status": 503}, after_writing=True),
    Fault("written late", "latency", TOO_LONG, after_writing=True),
]
MISSING = {
    "token": "access_token",
    "putNsi": "nsi.nsiId",
    "putAppointment": "contactId",
    "withdrawNsi": "nothing",
    "putOutcome": "contactId",
    "reschedule": "contactId",
}


@dataclass(frozen=True)
class Exchange:
    """One exchange of a booking's life, and what must have happened to come to it.

    `is_shown`: there is an NSI, and the person was shown it. `lost` is the write whose answer went missing before, and
    how. `in_vain`: why an NSI is withdrawn in this exchange.
    """

    name: str
    operation: str
    toolkit: str = DIALOGUES
    is_shown: bool = False
    lost: tuple[str, str] | None = None
    in_vain: str = ""

    def begin(self, booking: Booking) -> None:
        """Do what comes to the exchange for the first time."""
        if self.in_vain:
            withdraw_due()
        elif self.lost:
            resume(booking.id)
        else:
            press(booking)

    def go_on(self, booking: Booking) -> None:
        """Do what comes to it again."""
        if self.in_vain:
            withdraw_due()
        else:
            resume(booking.id)


NSI_MADE, NSI_NOT_MADE = ("putNsi", "drop_after"), ("putNsi", "drop_before")
MADE, NOT_MADE = ("putAppointment", "drop_after"), ("putAppointment", "drop_before")
WITHDRAWN = ("withdrawNsi", "drop_after")
EXCHANGES = [
    Exchange("token", "token"),
    Exchange("make NSI", "putNsi"),
    Exchange("NSI again that was made", "putNsi", lost=NSI_MADE),
    Exchange("NSI again that was not made", "putNsi", lost=NSI_NOT_MADE),
    Exchange("make appointment on new NSI", "putAppointment"),
    Exchange("make appointment on NSI that was shown", "putAppointment", is_shown=True),
    Exchange("make appointment without RAR", "putAppointment", toolkit=""),
    Exchange("appointment again that was made", "putAppointment", lost=MADE),
    Exchange("appointment again that was not made", "putAppointment", lost=NOT_MADE),
    Exchange("without RAR: again that was made", "putAppointment", toolkit="", lost=MADE),
    Exchange("withdraw NSI of a refused booking", "withdrawNsi", in_vain="refused"),
    Exchange("withdraw NSI of a cancelled booking", "withdrawNsi", in_vain="cancelled"),
    Exchange("withdraw NSI that was never made", "withdrawNsi", in_vain="cancelled unmade"),
    Exchange("withdraw again", "withdrawNsi", in_vain="refused", lost=WITHDRAWN),
    Exchange("token to withdraw with", "token", in_vain="refused"),
]
COMBINATIONS = [
    (exchange, fault)
    for exchange in EXCHANGES
    for fault in FAULTS
    if exchange.operation in WRITES or not fault.after_writing
    # It has no answer to spoil.
    if exchange.operation != "withdrawNsi" or fault.kind not in ("malformed", "missing_field")
]


def each(combinations: list[tuple[Exchange, Fault]]) -> Any:
    """Mark a test to be run for each of some combinations."""
    names = [f"{exchange.name}-{fault.name}" for exchange, fault in combinations]
    return pytest.mark.parametrize(("exchange", "fault"), combinations, ids=names)


each_combination = each(COMBINATIONS)
each_exchange = pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])


@each_combination
def test_a_fault_that_happens_once_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        run_into_it(exchange, booking, clock, simulator)
        until_delius_is_done(simulator, fault)
    carry_on(booking, clock)
    assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_while_a_fault_lasts_a_booking_waits_and_when_it_is_mended_there_is_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=None):
        exchange.begin(booking)
        try_for_long(exchange, booking, clock, simulator, fault)
        assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no, may_wait=True)
    carry_on(booking, clock)
    assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_a_process_killed_by_a_fault_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        kill(lambda: exchange.begin(booking), killed_after(exchange.operation))
        assert simulator.faults() == []
        until_delius_is_done(simulator, fault)
    carry_on(booking, clock)
    assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_a_process_killed_by_a_fault_that_lasts_leaves_a_booking_that_waits_and_then_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    booking = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=None):
        kill(lambda: exchange.begin(booking), killed_after(exchange.operation))
        until_delius_is_done(simulator, fault)
        clock.let_everything_become_due()
        try_for_long(exchange, booking, clock, simulator, fault)
        assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no, may_wait=True)
    carry_on(booking, clock)
    assert_sound(exchange, booking, simulator, record_property, may_refuse=fault.says_no)


@each_exchange
def test_a_process_killed_at_any_moment_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, record_property: Record
) -> None:
    for moment in count():
        simulator.reset()
        clock.move_on(0)
        Draft.objects.all().delete()
        Booking.objects.all().delete()
        booking = on_the_way_to(exchange, clock, simulator)
        died = status_of(fork(dying_of(lambda booking=booking: exchange.begin(booking), killed_at(moment)))) == KILLED
        carry_on(booking, clock)
        assert_sound(exchange, booking, simulator, record_property)
        if not died:
            return


def on_the_way_to(exchange: Exchange, clock: Clock, simulator: Simulator) -> Booking:
    """Return a booking whose next run comes to an exchange, in a process that knows nothing of Delius."""
    shown = simulator.add_nsi(BRIAN, DIALOGUES)["nsiId"] if exchange.is_shown else None
    booking = confirmed(toolkit=exchange.toolkit, nsi_id=shown)
    if exchange.in_vain:
        comes_to_nothing(booking, exchange.in_vain, simulator)
        clock.let_everything_become_due()
    if exchange.lost:
        operation, kind = exchange.lost
        simulator.fault(operation, kind, times=None)
        if exchange.in_vain:
            withdraw_due()
        else:
            press(booking)
        simulator.clear_faults()
        clock.let_everything_become_due()
        booking.refresh_from_db()
        assert booking.withdraw_nsi_at or booking.state == BookingState.SUBMITTED
    simulator.clear_requests()
    as_another_process()
    return booking


def comes_to_nothing(booking: Booking, how: str, simulator: Simulator) -> None:
    """Have a booking end without an appointment, with an NSI made for it unless that never came about."""
    if how == "refused":
        simulator.add_contact(booking.crn, start=booking.start.isoformat(), end=booking.end.isoformat())
        press(booking)
    else:
        simulator.fault("putNsi", "drop_before" if how == "cancelled unmade" else "drop_after", times=None)
        press(booking)
        simulator.clear_faults()
        assert cancellation.cancel_unsent(booking.id)
    booking.refresh_from_db()
    assert booking.withdraw_nsi_at
    assert len(nsis_of(simulator, booking.crn)) == (how != "cancelled unmade")


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


def run_into_it(exchange: Exchange, booking: Booking, clock: Clock, simulator: Simulator) -> None:
    """Run until what was to go wrong once has gone wrong."""
    exchange.begin(booking)
    for _ in range(MOST_TRIES):
        if not simulator.faults():
            return
        clock.let_everything_become_due()
        exchange.go_on(booking)
    raise AssertionError("It never went wrong.")


def kill(work: Callable[[], object], death: Any) -> None:
    """Do some work in a process that dies of it."""
    assert status_of(fork(dying_of(work, death))) == KILLED


def dying_of(work: Callable[[], object], death: Any) -> Callable[[], None]:
    """Return some work as a process does it that will die."""

    def do() -> None:
        with death:
            work()

    return do


def until_delius_is_done(simulator: Simulator, fault: Fault) -> None:
    """Wait for what Delius writes after we stopped waiting for it."""
    if fault.takes_too_long:
        wait_until_delius_is_done(simulator)


def try_for_long(exchange: Exchange, booking: Booking, clock: Clock, simulator: Simulator, fault: Fault) -> None:
    """Carry a booking on again and again in spite of a fault."""
    for _ in range(TRIES_UNDER_TROUBLE):
        as_another_process()
        exchange.go_on(booking)
        until_delius_is_done(simulator, fault)
        clock.let_everything_become_due()


def carry_on(booking: Booking, clock: Clock) -> None:
    """Let a worker carry a booking on, as often as it takes, until nothing is left to be done."""
    for _ in range(TRIES_AFTERWARDS):
        booking.refresh_from_db()
        if is_settled(booking) and booking.withdraw_nsi_at is None:
            return
        clock.let_everything_become_due()
        let_a_worker_carry_on()


def assert_sound(
    exchange: Exchange,
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
    ours = [each for each in nsis if made_by_us(each)]
    booked, refused = booking.state == BookingState.BOOKED, booking.state == BookingState.REFUSED
    waiting = may_wait and (not is_settled(booking) or booking.withdraw_nsi_at is not None)
    kept = Draft.objects.filter(crn=booking.crn).exists()
    support_was_told = booking.state == BookingState.NEEDS_ATTENTION
    not_withdrawn = booking.history.filter(detail__startswith="NSI not withdrawn").exists()
    may_come_to_nothing = may_refuse or exchange.in_vain
    found = Found(
        booked=booked,
        refused=refused,
        waiting=waiting,
        lost=(booked and not appointments)
        or (refused and (bool(appointments) or not may_come_to_nothing))
        or (not booked and not kept and not support_was_told),
        duplicate_appointments=max(len(appointments) - 1, 0),
        duplicate_nsis=max(len(nsis) - 1, 0),
        nsis_left_behind=len(ours) if not (booked or waiting or support_was_told or not_withdrawn) else 0,
        unsettled=not waiting and (not is_settled(booking) or booking.withdraw_nsi_at is not None),
    )
    keep(record_property, found)
    assert found.is_sound, (found, list(booking.history.values_list("to_state", "detail")))
    assert not not_withdrawn or may_refuse
    assert not support_was_told or may_refuse
    if booked:
        assert [each["contactId"] for each in appointments] == [booking.appointment_id]
        assert [each["nsiId"] for each in nsis] == [booking.nsi_id] * booking.counts_towards_rar
        assert appointments[0]["nsiId"] == booking.nsi_id
        assert not kept
