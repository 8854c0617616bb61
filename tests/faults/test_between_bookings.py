"""What bookings do to one another, what people in Delius do to them, and what is made of answers that tell little."""

from datetime import timedelta
from typing import Any

import pytest

from booking.models import Booking, BookingState
from booking.services.delivery import cancellation, processing
from booking.services.delivery.refusals import DELETED
from tests.faults.harness import (
    BRIAN,
    HALF_AN_HOUR,
    NEXT_WEEK,
    Clock,
    appointments_of,
    confirmed,
    impatient,
    nsis_of,
    press,
    resume,
    wait_until_delius_is_done,
)
from tests.faults.wire import connections_refused
from tests.simulator_process import Simulator

pytestmark = pytest.mark.database

LATE_SECONDS = 2


def made_and_not_heard_of(simulator: Simulator) -> tuple[Booking, dict[str, Any]]:
    """Return a booking whose appointment was made and the answer lost, and the appointment."""
    booking = confirmed()
    simulator.fault("putAppointment", "drop_after", times=None)
    press(booking)
    simulator.clear_faults()
    [made] = appointments_of(simulator, booking)
    booking.refresh_from_db()
    assert booking.state == BookingState.SUBMITTED
    return booking, made


def test_a_colleagues_booking_uses_the_nsi_of_one_whose_answer_is_still_awaited(
    clock: Clock, simulator: Simulator
) -> None:
    first = confirmed(keep_draft=False)
    second = confirmed(start=NEXT_WEEK + HALF_AN_HOUR, keep_draft=False)
    simulator.fault("putNsi", "latency", seconds=LATE_SECONDS)
    with impatient():
        press(first)
    press(second)
    wait_until_delius_is_done(simulator)
    resume(first.id)
    [nsi] = nsis_of(simulator, BRIAN)
    assert set(Booking.objects.values_list("state", "nsi_id")) == {(BookingState.BOOKED, nsi["nsiId"])}


def test_an_appointment_that_another_booking_made_is_not_taken_for_ours(clock: Clock, simulator: Simulator) -> None:
    ours, theirs = confirmed(keep_draft=False), confirmed(keep_draft=False)
    simulator.fault("putAppointment", "drop_before", times=2)
    press(ours)
    press(theirs)
    resume(ours.id)
    ours.refresh_from_db()
    assert (ours.state, ours.clash) == (BookingState.REFUSED, True)


def test_an_appointment_put_there_by_hand_is_not_taken_for_ours(clock: Clock, simulator: Simulator) -> None:
    booking = confirmed()
    simulator.fault("putAppointment", "drop_before", times=2)
    press(booking)
    simulator.add_contact(BRIAN, start=booking.start.isoformat(), end=booking.end.isoformat())
    resume(booking.id)
    booking.refresh_from_db()
    assert (booking.state, booking.clash) == (BookingState.REFUSED, True)


def test_an_appointment_that_was_deleted_in_delius_before_we_heard_of_it_is_not_made_again(
    clock: Clock, simulator: Simulator
) -> None:
    booking, made = made_and_not_heard_of(simulator)
    simulator.change_contact(made["contactId"], softDeleted=True)
    resume(booking.id)
    booking.refresh_from_db()
    assert (booking.state, booking.reason) == (BookingState.REFUSED, DELETED)
    assert len(appointments_of(simulator, booking)) == 1


@pytest.mark.parametrize("change", ["time", "NSI"])
def test_an_appointment_that_was_changed_in_delius_before_we_heard_of_it_is_booked_and_not_made_again(
    clock: Clock, simulator: Simulator, change: str
) -> None:
    booking, made = made_and_not_heard_of(simulator)
    if change == "time":
        start = booking.start + timedelta(days=1)
        simulator.change_contact(made["contactId"], start=start.isoformat(), end=(start + HALF_AN_HOUR).isoformat())
    else:
        simulator.change_contact(made["contactId"], nsiId=None)
    resume(booking.id)
    booking.refresh_from_db()
    assert (booking.state, booking.appointment_id) == (BookingState.BOOKED, made["contactId"])
    assert len(appointments_of(simulator, booking)) == 1


def test_a_booking_that_may_have_been_made_is_not_called_refused_because_access_became_limited(
    clock: Clock, simulator: Simulator
) -> None:
    booking, _ = made_and_not_heard_of(simulator)
    simulator.fault("putAppointment", "status", status=403)
    resume(booking.id)
    booking.refresh_from_db()
    assert booking.state == BookingState.NEEDS_ATTENTION


def test_a_booking_cannot_be_taken_back_while_one_of_two_tries_may_have_made_it(
    clock: Clock, simulator: Simulator
) -> None:
    booking = confirmed()
    pressed_twice = Booking.objects.select_related("user").get(id=booking.id)
    simulator.fault("putAppointment", "drop_after", times=None)
    press(booking)
    with connections_refused("putAppointment"):
        processing.process(pressed_twice)
    assert not cancellation.cancel_unsent(booking.id)
    simulator.clear_faults()
    resume(booking.id)
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


@pytest.mark.parametrize("operation", ["putNsi", "putAppointment", "getAppointmentByReference"])
@pytest.mark.parametrize("kind", ["status", "malformed"])
def test_taking_a_booking_further_raises_nothing_whatever_delius_answers(
    clock: Clock, simulator: Simulator, operation: str, kind: str
) -> None:
    if operation == "getAppointmentByReference":
        booking, made = made_and_not_heard_of(simulator)
        simulator.change_contact(made["contactId"], softDeleted=True)
    else:
        booking = confirmed()
    simulator.fault(operation, kind, status=403)
    press(booking)
    resume(booking.id)
