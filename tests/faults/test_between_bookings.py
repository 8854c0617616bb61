"""What bookings do to one another, and what an answer that tells too little leads to."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from booking.models import BookingState
from booking.services import progress
from tests.faults.harness import (
    BRIAN,
    HALF_AN_HOUR,
    NEXT_WEEK,
    Clock,
    appointments_of,
    confirmed,
    impatient,
    nsis_of,
    resume,
    wait_until_delius_is_done,
)
from tests.faults.wire import every_exchange_followed_by
from tests.simulator_process import Simulator

LATE_SECONDS = 2
# Slow, but with an answer in time.
SLOW_SECONDS = 9


def test_a_colleagues_booking_waits_while_it_is_unknown_whether_an_nsi_was_made(
    clock: Clock, simulator: Simulator
) -> None:
    first = confirmed(keep_draft=False)
    second = confirmed(start=NEXT_WEEK + HALF_AN_HOUR, keep_draft=False)
    simulator.fault("create_nsi", "latency", seconds=LATE_SECONDS)
    with impatient():
        resume(first.id)
    resume(second.id)
    wait_until_delius_is_done(simulator)
    clock.outlast_leases()
    resume(first.id)
    resume(second.id)
    assert len(nsis_of(simulator, BRIAN)) == 1


def test_an_appointment_that_another_booking_made_is_not_taken_for_ours(clock: Clock, simulator: Simulator) -> None:
    ours, theirs = confirmed(keep_draft=False), confirmed(keep_draft=False)
    simulator.fault("create_appointment", "drop_before")
    resume(ours.id)
    resume(theirs.id)
    clock.outlast_leases()
    resume(ours.id)
    ours.refresh_from_db()
    assert ours.state == BookingState.REFUSED
    assert ours.clash


def test_an_appointment_put_there_by_hand_on_no_nsi_is_not_taken_for_ours(clock: Clock, simulator: Simulator) -> None:
    booking = confirmed()
    simulator.fault("create_appointment", "drop_before")
    resume(booking.id)
    simulator.add_contact(BRIAN, start=booking.start.isoformat(), end=booking.end.isoformat())
    clock.outlast_leases()
    resume(booking.id)
    booking.refresh_from_db()
    assert booking.state == BookingState.REFUSED


def test_a_slow_delius_has_as_long_to_make_an_nsi_as_a_fast_one(clock: Clock, simulator: Simulator) -> None:
    booking = confirmed()
    simulator.fault("create_nsi", "latency", seconds=LATE_SECONDS)
    with impatient(), every_exchange_followed_by(partial(clock.move_on, SLOW_SECONDS)):
        resume(booking.id)
    resume(booking.id)
    wait_until_delius_is_done(simulator)
    assert len(nsis_of(simulator, BRIAN)) == 1


def test_a_booking_is_not_refused_because_delius_clock_is_a_second_behind_ours(
    clock: Clock, simulator: Simulator
) -> None:
    booking = confirmed()
    the_minute = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    clock.traveller.move_to(the_minute)
    simulator.freeze((the_minute - timedelta(seconds=1)).isoformat())
    resume(booking.id)
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_an_nsi_with_our_reference_is_ours_where_it_is_not_said_what_it_belongs_to(
    clock: Clock, simulator: Simulator
) -> None:
    booking = confirmed()
    simulator.switch(returnsExternalReference=True)
    simulator.fault("create_nsi", "drop_after")
    resume(booking.id)
    simulator.fault("nsis", "missing_field", field="nsis.requirement", times=None)
    clock.outlast_leases()
    resume(booking.id)
    assert len(nsis_of(simulator, BRIAN)) == 1


@pytest.mark.parametrize("field", ["contactStart", "contactEnd", "type"])
def test_a_booking_is_not_refused_for_a_clash_with_its_own_appointment_of_which_delius_says_too_little(
    clock: Clock, simulator: Simulator, field: str
) -> None:
    booking = confirmed()
    simulator.fault("create_appointment", "drop_after")
    simulator.fault("contact_summary", "missing_field", field=f"content.{field}", times=None)
    for _ in range(3):
        resume(booking.id)
        clock.outlast_leases()
    booking.refresh_from_db()
    assert len(appointments_of(simulator, booking)) == 1
    assert booking.state != BookingState.REFUSED


@pytest.mark.parametrize("operation", ["nsis", "contact_summary"])
@pytest.mark.parametrize("kind", ["status", "malformed"])
def test_running_a_booking_raises_nothing_whatever_delius_answers(
    clock: Clock, simulator: Simulator, operation: str, kind: str
) -> None:
    booking = confirmed()
    if operation == "contact_summary":
        simulator.fault("create_appointment", "drop_after")
        resume(booking.id)
    simulator.fault(operation, kind, status=403)
    progress.run(booking.id)
