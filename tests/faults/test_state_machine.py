"""Bookings of several people, faults, deaths, time and tries to carry on, in every order that comes to mind.

FAULT_EXAMPLES=500 tries that many stories, other ones each time; without it there are a few, always the same.
"""

import os
from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from booking.models import Booking, BookingState, Lease
from tests.faults.harness import (
    BRIAN,
    DIALOGUES,
    LATE_SECONDS,
    MAPS,
    NEXT_WEEK,
    SETTLING_SECONDS,
    Clock,
    appointments_of,
    as_another_process,
    at_once,
    confirmed,
    fork,
    impatient,
    is_settled,
    let_a_worker_carry_on,
    nsis_of,
    resume,
    sentence_of,
    status_of,
    wait_until_delius_is_done,
)
from tests.faults.wire import KILLED, OPERATIONS, killed_after, killed_before
from tests.simulator_process import Simulator

EXAMPLES = int(os.environ.get("FAULT_EXAMPLES", "10"))
STEPS = 15
MOST_ROUNDS = 5
JACK = "X000009"
PEOPLE, TOOLKITS = (BRIAN, JACK), (DIALOGUES, MAPS)
KINDS = ("drop_before", "drop_after", "status", "status_after", "malformed", "expire_token", "latency")
# Long enough to let two processes meet, short enough for none to give up waiting.
DELAY_SECONDS = 0.05

people = st.sampled_from(PEOPLE)
operations = st.sampled_from(sorted(OPERATIONS.values()))


class Life(RuleBasedStateMachine):
    """What may happen, and what must always be so."""

    bookings = Bundle("bookings")

    def __init__(self, clock: Clock, simulator: Simulator) -> None:
        super().__init__()
        self.clock, self.simulator = clock, simulator
        self.confirmed: list[Booking] = []
        Lease.objects.all().delete()
        Booking.objects.all().delete()
        simulator.reset()
        clock.move_on(0)
        for crn in PEOPLE:
            sentence_of(crn)

    @rule(
        target=bookings,
        crn=people,
        toolkit=st.sampled_from(("", *TOOLKITS)),
        minutes_later=st.sampled_from((0, 10, 30)),
    )
    def somebody_confirms(self, crn: str, toolkit: str, minutes_later: int) -> Booking:
        latest = self.confirmed[-1].start if self.confirmed else NEXT_WEEK
        start = latest + timedelta(minutes=minutes_later)
        self.confirmed.append(confirmed(crn=crn, toolkit=toolkit, start=start, keep_draft=False))
        return self.confirmed[-1]

    @rule(target=bookings, crn=people, toolkit=st.sampled_from(TOOLKITS))
    def two_colleagues_confirm_at_once(self, crn: str, toolkit: str) -> Any:
        pair = [self.somebody_confirms(crn, toolkit, minutes_later=30) for _ in range(2)]
        self.simulator.fault("create_nsi", "latency", seconds=DELAY_SECONDS)
        self.two_are_carried_on_at_once(*pair)
        return multiple(*pair)

    @rule(booking=bookings)
    def it_is_carried_on(self, booking: Booking) -> None:
        as_another_process()
        resume(booking.id)

    @rule(booking=bookings, other=bookings, operation=st.sampled_from(("create_nsi", "create_appointment")))
    def it_is_written_after_nobody_waits_any_more(self, booking: Booking, other: Booking, operation: str) -> None:
        self.it_is_mended()
        self.simulator.clear_requests()
        as_another_process()
        self.simulator.fault(operation, "latency", seconds=LATE_SECONDS)
        with impatient():
            resume(booking.id)
        resume(other.id)
        wait_until_delius_is_done(self.simulator)

    @rule()
    def a_worker_takes_what_is_due(self) -> None:
        as_another_process()
        let_a_worker_carry_on()

    @rule(booking=bookings, operation=operations, death=st.sampled_from((killed_before, killed_after)))
    def a_process_dies_of_it(self, booking: Booking, operation: str, death: object) -> None:
        def work() -> None:
            as_another_process()
            with death(operation):
                resume(booking.id)

        if status_of(fork(work)) == KILLED:
            self.clock.outlast_leases()

    @rule(one=bookings, other=bookings)
    def two_are_carried_on_at_once(self, one: Booking, other: Booking) -> None:
        as_another_process()
        at_once([partial(resume, each.id) for each in (one, other)])

    @rule(operation=operations, kind=st.sampled_from(KINDS), times=st.sampled_from((1, 2, None)))
    def something_goes_wrong(self, operation: str, kind: str, times: int | None) -> None:
        self.simulator.fault(operation, kind, times=times, status=500, seconds=DELAY_SECONDS)

    @rule()
    def it_is_mended(self) -> None:
        self.simulator.clear_faults()

    @rule(seconds=st.sampled_from((1, SETTLING_SECONDS + 1)))
    def time_passes(self, seconds: int) -> None:
        self.clock.move_on(seconds)

    @invariant()
    def a_requirement_has_one_nsi_of_a_toolkit(self) -> None:
        for crn in PEOPLE:
            for toolkit in TOOLKITS:
                assert len(nsis_of(self.simulator, crn, toolkit=toolkit)) <= 1

    @invariant()
    def a_booking_has_one_appointment_and_is_booked_only_with_it(self) -> None:
        bookings = list(Booking.objects.all())
        for booking in bookings:
            held = {each["contactId"] for each in appointments_of(self.simulator, booking)}
            of_others = {each.appointment_id for each in bookings if each != booking}
            assert len(held) <= 1
            if booking.state == BookingState.BOOKED:
                assert held == {booking.appointment_id}
                assert booking.appointment_id not in of_others
            if booking.state == BookingState.REFUSED:
                assert held <= of_others
                assert booking.clash, booking.reason

    def teardown(self) -> None:
        """In the end Delius is well, and every booking settles."""
        self.simulator.clear_faults()
        for _ in range(MOST_ROUNDS):
            self.clock.outlast_leases()
            as_another_process()
            let_a_worker_carry_on()
        assert [each for each in Booking.objects.all() if not is_settled(each)] == []
        self.a_requirement_has_one_nsi_of_a_toolkit()
        self.a_booking_has_one_appointment_and_is_booked_only_with_it()


def test_whatever_happens_in_whatever_order_a_booking_is_made_once(clock: Clock, simulator: Simulator) -> None:
    run_state_machine_as_test(
        partial(Life, clock, simulator),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize="FAULT_EXAMPLES" not in os.environ,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
