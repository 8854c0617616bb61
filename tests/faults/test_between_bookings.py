"""What bookings do to one another, and what an answer that tells too little leads to."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from booking.models import BookingState
from booking.services import confirm
from booking.services.leases import Busy
from delius.errors import DeliusContractError, Forbidden, Unavailable
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

RAISES_MORE = pytest.mark.xfail(
    strict=True, raises=(Forbidden, DeliusContractError), reason="What a read of Delius raises passes through"
)


@pytest.mark.xfail(strict=True, reason="The lease of an NSI ends while it is unknown whether it was made")
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


@pytest.mark.xfail(strict=True, reason="What another booking made is not left out")
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


@pytest.mark.xfail(strict=True, reason="An appointment is looked for without its NSI")
def test_an_appointment_put_there_by_hand_on_no_nsi_is_not_taken_for_ours(clock: Clock, simulator: Simulator) -> None:
    booking = confirmed()
    simulator.fault("create_appointment", "drop_before")
    resume(booking.id)
    simulator.add_contact(BRIAN, start=booking.start.isoformat(), end=booking.end.isoformat())
    clock.outlast_leases()
    resume(booking.id)
    booking.refresh_from_db()
    assert booking.state == BookingState.REFUSED


@pytest.mark.xfail(strict=True, reason="The time for settling begins before the exchanges that come before sending")
def test_a_slow_delius_has_as_long_to_make_an_nsi_as_a_fast_one(clock: Clock, simulator: Simulator) -> None:
    booking = confirmed()
    simulator.fault("create_nsi", "latency", seconds=LATE_SECONDS)
    with impatient(), every_exchange_followed_by(partial(clock.move_on, SLOW_SECONDS)):
        resume(booking.id)
    resume(booking.id)
    wait_until_delius_is_done(simulator)
    assert len(nsis_of(simulator, BRIAN)) == 1


@pytest.mark.xfail(strict=True, reason="The status date is now, to the minute, which may have begun a second ago")
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


@pytest.mark.xfail(strict=True, reason="Our reference is looked for only among the NSIs of the requirement")
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


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(field, marks=pytest.mark.xfail(strict=True, reason="An appointment without a time is overlooked"))
        for field in ("appointmentStart", "appointmentEnd")
    ]
    + ["type"],
)
def test_a_booking_is_not_refused_for_a_clash_with_its_own_appointment_of_which_delius_says_too_little(
    clock: Clock, simulator: Simulator, field: str
) -> None:
    booking = confirmed()
    simulator.fault("create_appointment", "drop_after")
    simulator.fault("appointments", "missing_field", field=field, times=None)
    for _ in range(3):
        resume(booking.id)
        clock.outlast_leases()
    booking.refresh_from_db()
    assert len(appointments_of(simulator, booking)) == 1
    assert booking.state != BookingState.REFUSED


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("nsis", "status"),
        pytest.param("nsis", "malformed", marks=RAISES_MORE),
        pytest.param("appointments", "status", marks=RAISES_MORE),
        pytest.param("appointments", "malformed", marks=RAISES_MORE),
    ],
)
def test_running_a_booking_raises_nothing_but_what_it_says(
    clock: Clock, simulator: Simulator, operation: str, kind: str
) -> None:
    booking = confirmed()
    if operation == "appointments":
        simulator.fault("create_appointment", "drop_after")
        resume(booking.id)
    simulator.fault(operation, kind, status=403)
    with suppress(Unavailable, Busy):
        confirm.run(booking.id)
