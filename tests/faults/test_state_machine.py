"""Bookings of several people, faults, deaths, time, and what people do in Delius meanwhile, in every order.

FAULT_EXAMPLES=500 tries that many stories, other ones each time; without it there are a few, always the same.
"""

import os
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from booking.models import Booking, BookingState
from booking.services.delivery import cancellation
from booking.services.delivery.resume import DELIVERY
from booking.services.delivery.withdrawal import withdraw_due
from cases.delivery.resuming import resubmit
from delius.writes import appointments
from tests.faults.harness import (
    BRIAN,
    DIALOGUES,
    HALF_AN_HOUR,
    LATE_SECONDS,
    LONGEST_PAUSE,
    MAPS,
    NEXT_WEEK,
    Clock,
    as_another_process,
    at_once,
    confirmed,
    fork,
    impatient,
    is_settled,
    let_a_worker_carry_on,
    made_by_us,
    nsis_of,
    press,
    reference_of,
    resume,
    sentence_of,
    status_of,
    wait_until_delius_is_done,
)
from tests.faults.wire import KILLED, OPERATIONS, killed_after, killed_at, killed_before
from tests.simulator_process import Simulator

pytestmark = pytest.mark.database

EXAMPLES = int(os.environ.get("FAULT_EXAMPLES", "10"))
STEPS = 20
MOST_ROUNDS = 6
MOST_MOMENTS = 25
JACK = "X000009"
PEOPLE, TOOLKITS = (BRIAN, JACK), (DIALOGUES, MAPS)
KINDS = ("drop_before", "drop_after", "status", "status_after", "malformed", "expire_token", "latency")
# Long enough to let two processes meet, short enough for none to give up waiting.
DELAY_SECONDS = 0.05

people = st.sampled_from(PEOPLE)
toolkits = st.sampled_from(TOOLKITS)
operations = st.sampled_from(sorted(OPERATIONS.values()))
any_of_them = st.integers(min_value=0, max_value=9)


class Life(RuleBasedStateMachine):
    """What may happen, and what must always be so."""

    bookings = Bundle("bookings")

    def __init__(self, clock: Clock, simulator: Simulator) -> None:
        super().__init__()
        self.clock, self.simulator = clock, simulator
        self.confirmed: list[Booking] = []
        Booking.objects.all().delete()
        simulator.reset()
        clock.move_on(0)
        as_another_process()
        for crn in PEOPLE:
            sentence_of(crn)
        # People make duplicates by hand.
        for toolkit in TOOLKITS:
            simulator.allow_duplicates(toolkit, True)

    @rule(
        target=bookings,
        crn=people,
        toolkit=st.sampled_from(("", *TOOLKITS)),
        minutes_later=st.sampled_from((0, 10, 30)),
        is_shown=st.booleans(),
    )
    def somebody_confirms(self, crn: str, toolkit: str, minutes_later: int, is_shown: bool) -> Booking:
        latest = self.confirmed[-1].start if self.confirmed else NEXT_WEEK
        there = nsis_of(self.simulator, crn, toolkit=toolkit) if toolkit and is_shown else []
        self.confirmed.append(
            confirmed(
                crn=crn,
                toolkit=toolkit,
                start=latest + timedelta(minutes=minutes_later),
                keep_draft=False,
                nsi_id=there[0]["nsiId"] if there else None,
            )
        )
        return self.confirmed[-1]

    @rule(target=bookings, crn=people, toolkit=toolkits)
    def two_colleagues_confirm_at_once(self, crn: str, toolkit: str) -> Any:
        pair = [self.somebody_confirms(crn, toolkit, minutes_later=30, is_shown=False) for _ in range(2)]
        self.simulator.fault("putNsi", "latency", seconds=DELAY_SECONDS)
        self.two_are_carried_on_at_once(*pair)
        return multiple(*pair)

    @rule(target=bookings, crn=people, toolkit=toolkits)
    def somebody_confirms_and_waits(self, crn: str, toolkit: str) -> Booking:
        booking = self.somebody_confirms(crn, toolkit, minutes_later=30, is_shown=True)
        as_another_process()
        press(booking)
        return booking

    @rule(target=bookings, crn=people, toolkit=toolkits)
    def somebody_confirms_a_time_that_is_taken(self, crn: str, toolkit: str) -> Booking:
        booking = self.somebody_confirms(crn, toolkit, minutes_later=30, is_shown=False)
        self.simulator.add_contact(crn, start=booking.start.isoformat(), end=booking.end.isoformat())
        as_another_process()
        press(booking)
        return booking

    @rule(booking=bookings)
    def it_is_carried_on(self, booking: Booking) -> None:
        as_another_process()
        resume(booking.id)

    @rule(booking=bookings, other=bookings, operation=st.sampled_from(("putNsi", "putAppointment")))
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
        let_a_worker_carry_on()

    @rule(booking=bookings, operation=operations, death=st.sampled_from((killed_before, killed_after)))
    def a_process_dies_of_it(self, booking: Booking, operation: str, death: Any) -> None:
        self._dies(partial(resume, booking.id), death(operation))

    @rule(booking=bookings, moment=st.integers(min_value=0, max_value=MOST_MOMENTS))
    def a_process_dies_at_some_moment(self, booking: Booking, moment: int) -> None:
        self._dies(partial(resume, booking.id), killed_at(moment))

    @rule(moment=st.integers(min_value=0, max_value=MOST_MOMENTS))
    def a_worker_dies_while_it_withdraws(self, moment: int) -> None:
        self._dies(withdraw_due, killed_at(moment))

    @rule(one=bookings, other=bookings)
    def two_are_carried_on_at_once(self, one: Booking, other: Booking) -> None:
        as_another_process()
        at_once([partial(resume, each.id) for each in (one, other)])

    @rule(booking=bookings)
    def it_is_taken_back(self, booking: Booking) -> None:
        cancellation.cancel_unsent(booking.id)

    @rule(booking=bookings)
    def it_is_taken_back_while_it_is_carried_on(self, booking: Booking) -> None:
        as_another_process()
        self.simulator.fault("putNsi", "latency", seconds=DELAY_SECONDS)
        at_once([partial(resume, booking.id), partial(cancellation.cancel_unsent, booking.id)])

    @rule(booking=bookings)
    def support_has_it_tried_again(self, booking: Booking) -> None:
        booking = Booking.objects.get(id=booking.id)
        resubmit(DELIVERY, booking, by=booking.user)

    @rule(operation=operations, kind=st.sampled_from(KINDS), times=st.sampled_from((1, 2, None)))
    def something_goes_wrong(self, operation: str, kind: str, times: int | None) -> None:
        self.simulator.fault(operation, kind, times=times, status=500, seconds=DELAY_SECONDS)

    @rule(operation=operations)
    def access_is_limited_for_a_moment(self, operation: str) -> None:
        self.simulator.fault(operation, "status", status=403)

    @rule()
    def it_is_mended(self) -> None:
        self.simulator.clear_faults()

    @rule(seconds=st.sampled_from((1, 60, LONGEST_PAUSE)))
    def time_passes(self, seconds: int) -> None:
        self.clock.move_on(seconds)

    @rule(crn=people, toolkit=toolkits)
    def somebody_makes_an_nsi_in_delius(self, crn: str, toolkit: str) -> None:
        self.simulator.add_nsi(crn, toolkit)

    @rule(which=any_of_them)
    def somebody_deletes_an_nsi_in_delius(self, which: int) -> None:
        for nsi in self._one_of(self._open_nsis(), which):
            self.simulator.soft_delete_nsi(nsi["nsiId"])

    @rule(which=any_of_them)
    def somebody_ends_an_nsi_in_delius(self, which: int) -> None:
        for nsi in self._one_of(self._open_nsis(), which):
            self.simulator.end_nsi(nsi["nsiId"], NEXT_WEEK.date().isoformat())

    @rule(which=any_of_them)
    def somebody_deletes_an_appointment_in_delius(self, which: int) -> None:
        for appointment in self._one_of(self._ours(), which):
            self.simulator.change_contact(appointment["contactId"], softDeleted=True)

    @rule(which=any_of_them)
    def somebody_moves_an_appointment_in_delius(self, which: int) -> None:
        start = NEXT_WEEK + timedelta(days=30) + HALF_AN_HOUR * len(self.confirmed)
        for appointment in self._one_of(self._ours(), which):
            self.simulator.change_contact(
                appointment["contactId"], start=start.isoformat(), end=(start + HALF_AN_HOUR).isoformat()
            )

    @invariant()
    def the_product_makes_no_second_nsi_while_one_of_its_own_is_open(self) -> None:
        ours = Counter((each["requirementId"], each["type"]) for each in self._open_nsis() if made_by_us(each))
        assert set(ours.values()) <= {1}

    @invariant()
    def every_appointment_of_the_products_is_one_bookings_own(self) -> None:
        references = [each["externalReference"] for each in self._ours(deleted=True)]
        assert len(references) == len(set(references))
        assert set(references) <= {reference_of(each) for each in Booking.objects.all()}

    @invariant()
    def what_is_said_of_a_booking_is_so(self) -> None:
        held = {each["externalReference"]: each for each in self._ours(deleted=True)}
        for booking in Booking.objects.all():
            appointment = held.get(reference_of(booking))
            if booking.state == BookingState.BOOKED:
                assert appointment
                assert appointment["contactId"] == booking.appointment_id
            if booking.state in (BookingState.REFUSED, BookingState.CANCELLED):
                assert appointment is None or appointment["softDeleted"]

    def teardown(self) -> None:
        """In the end Delius is well, every booking settles, and nothing is left there that was made in vain."""
        self.simulator.clear_faults()
        for _ in range(MOST_ROUNDS):
            self.clock.let_everything_become_due()
            let_a_worker_carry_on()
        bookings = list(Booking.objects.all())
        assert [each for each in bookings if not is_settled(each)] == []
        self.the_product_makes_no_second_nsi_while_one_of_its_own_is_open()
        self.every_appointment_of_the_products_is_one_bookings_own()
        self.what_is_said_of_a_booking_is_so()
        in_vain = {each["nsiId"] for each in self._open_nsis() if made_by_us(each)}
        in_vain -= {each["nsiId"] for each in self._ours(deleted=True)}
        # Somebody was told of these.
        told = [
            (each.crn, each.nsi_type_code)
            for each in bookings
            if each.state == BookingState.NEEDS_ATTENTION
            or each.history.filter(detail__startswith="NSI not withdrawn").exists()
        ]
        assert [
            each for each in self._open_nsis() if each["nsiId"] in in_vain and (each["crn"], each["type"]) not in told
        ] == []

    def _dies(self, work: Any, death: Any) -> None:
        def do() -> None:
            as_another_process()
            with death:
                work()

        if status_of(fork(do)) == KILLED:
            self.clock.move_on(1)

    @staticmethod
    def _one_of(there: list[dict[str, Any]], which: int) -> list[dict[str, Any]]:
        """Return a list of one; of none where there is none, which depends on who came first and is no precondition."""
        return there[which % len(there) :][:1] if there else []

    def _open_nsis(self) -> list[dict[str, Any]]:
        return [
            each for crn in PEOPLE for toolkit in TOOLKITS for each in nsis_of(self.simulator, crn, toolkit=toolkit)
        ]

    def _ours(self, *, deleted: bool = False) -> list[dict[str, Any]]:
        return [
            each
            for each in self.simulator.contacts()
            if str(each["externalReference"] or "").startswith(appointments.NAMESPACE)
            and (deleted or not each["softDeleted"])
        ]


def test_whatever_happens_in_whatever_order_a_booking_is_made_once_and_nothing_is_left_behind(
    clock: Clock, simulator: Simulator
) -> None:
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
