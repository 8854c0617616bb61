"""What was left under way is taken further, by whoever comes first, and comes to an end."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db.models.signals import post_save
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import AuditEvent
from booking.models import Booking, BookingState, Draft, UpstreamAttempt
from booking.services.delivery.resume import resume_due
from delius.retries import backoff
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm, lose, toolkit_nsis, visits
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CASE = "/cases/X000001/arrange"


def left_under_way(client: Client, simulator: Simulator, operation: str = "putAppointment") -> Booking:
    """A booking that nothing of `operation` reached Delius for."""
    answer_all(client)
    simulator.fault(operation, "status", status=429)
    confirm(client)
    return Booking.objects.get()


def test_a_worker_finishes_what_was_left_under_way(robin: Client, simulator: Simulator, later: Any) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        assert resume_due() == {"booked": 1}
    assert len(visits(simulator)) == 1
    assert not Draft.objects.exists()


def test_nothing_is_tried_before_it_is_due(robin: Client, simulator: Simulator) -> None:
    left_under_way(robin, simulator)
    simulator.clear_requests()
    assert resume_due() == {}
    assert simulator.requests() == []


def test_the_command_for_cron_says_what_became_of_what_was_due(robin: Client, simulator: Simulator, later: Any) -> None:
    left_under_way(robin, simulator)
    said = StringIO()
    with later(seconds=16):
        call_command("resume_bookings", stdout=said)
        call_command("resume_bookings", stdout=said)
    assert said.getvalue().splitlines() == ["Bookings: 1 booked", "Bookings: none due"]


@pytest.mark.django_db(transaction=True)
def test_a_task_is_waiting_for_a_worker_from_the_moment_of_confirming(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    left_under_way(robin, simulator)
    assert DBTaskResult.objects.ready().count() == 0
    with later(seconds=16):
        call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)
    assert Booking.objects.get().state == BookingState.BOOKED


def test_a_worker_takes_over_fifteen_seconds_after_confirming_where_the_process_dies(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    with time_machine.travel(timezone.now(), tick=False):
        confirm(robin)
        task = DBTaskResult.objects.earliest("run_after")
        assert task.run_after == timezone.now() + timedelta(seconds=15)


def test_delays_grow_to_a_quarter_of_an_hour() -> None:
    assert [backoff(tries).total_seconds() for tries in range(9)] == [5, 10, 20, 40, 80, 160, 320, 640, 900]


def test_a_try_that_delius_did_not_answer_counts_whoever_made_it(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    booking = left_under_way(robin, simulator)
    simulator.fault("putAppointment", "status", status=429, times=None)
    with later(seconds=16):
        assert resume_due() == {"submitted": 1}
        assert Booking.objects.get().tries == 1
        robin.post(f"/cases/X000001/appointments/{booking.id}/")
        assert Booking.objects.get().tries == 1


def test_a_booking_that_cannot_be_settled_comes_to_need_attention(
    robin: Client, simulator: Simulator, later: Any, settings: Any
) -> None:
    settings.DELIVERY_MAX_TRIES = 2
    left_under_way(robin, simulator)
    simulator.fault("token", "status", status=503, times=None)
    simulator.fault("putAppointment", "status", status=429, times=None)
    for minutes in (1, 5, 20):
        with later(minutes=minutes):
            resume_due()
    booking = Booking.objects.get()
    assert (booking.state, booking.next_try_at) == (BookingState.NEEDS_ATTENTION, None)
    assert booking.history.last().detail == "Not settled after 2 tries"
    page = robin.get(f"/cases/X000001/appointments/{booking.id}/").content.decode()
    assert "Our support team is finding out" in page
    assert "Our support team is finding out" in robin.get("/").content.decode()


def test_a_booking_that_is_taken_back_while_a_worker_gives_it_up_stays_taken_back(
    robin: Client, simulator: Simulator, later: Any, settings: Any
) -> None:
    settings.DELIVERY_MAX_TRIES = 0
    left_under_way(robin, simulator)

    def take_back(**event: Any) -> None:
        Booking.objects.update(state=BookingState.CANCELLED)

    # The worker records that it resumes a booking, and then looks at what there is to do.
    post_save.connect(take_back, sender=AuditEvent)
    try:
        with later(minutes=1):
            assert resume_due() == {"cancelled": 1}
    finally:
        post_save.disconnect(take_back, sender=AuditEvent)
    assert Booking.objects.get().state == BookingState.CANCELLED


@pytest.mark.parametrize("status", [403, 404])
def test_a_worker_leaves_to_support_what_may_be_in_delius_and_cannot_be_read_any_more(
    robin: Client, simulator: Simulator, later: Any, settings: Any, status: int
) -> None:
    answer_all(robin)
    lose(simulator, "putAppointment", "drop_after", settings)
    confirm(robin)
    simulator.clear_faults()
    simulator.fault("putAppointment", "status", status=status)
    with later(seconds=16):
        assert resume_due() == {"needs_attention": 1}


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_two_bookings_of_one_toolkit_share_an_nsi_though_nobody_heard_what_became_of_it(
    signed_in: Callable[[str], Client], simulator: Simulator, later: Any, settings: Any, kind: str
) -> None:
    robin, terry = signed_in("ROBIN.SAMPLE"), signed_in("TERRY.TWOTEAMS")
    answer_all(robin, days=7)
    terry.post(f"{CASE}/team/", {"team": "N90AAA"})
    answer_all(terry, days=8)
    lose(simulator, "putNsi", kind, settings)
    confirm(robin)
    simulator.clear_faults()
    confirm(terry)
    with later(seconds=16):
        resume_due()
    assert {each.state for each in Booking.objects.all()} == {"booked"}
    assert len(toolkit_nsis(simulator)) == 1
    assert len(visits(simulator)) == 2


def test_an_appointment_that_one_booking_made_is_never_taken_for_that_of_another(
    signed_in: Callable[[str], Client], simulator: Simulator, later: Any, settings: Any
) -> None:
    robin, terry = signed_in("ROBIN.SAMPLE"), signed_in("TERRY.TWOTEAMS")
    answer_all(robin, days=7)
    terry.post(f"{CASE}/team/", {"team": "N90AAA"})
    answer_all(terry, days=7)
    lose(simulator, "putAppointment", "drop_before", settings)
    confirm(terry)
    simulator.clear_faults()
    confirm(robin)
    with later(seconds=16):
        resume_due()
    states = dict(Booking.objects.values_list("user__username", "state"))
    assert states == {"ROBIN.SAMPLE": "booked", "TERRY.TWOTEAMS": "refused"}
    assert len(visits(simulator)) == 1


def test_every_request_that_was_sent_is_on_record_with_its_outcome(robin: Client, simulator: Simulator) -> None:
    left_under_way(robin, simulator)
    kept = list(UpstreamAttempt.objects.values_list("operation", "status"))
    assert [each for each in kept if each[0] != "token"] == [
        ("putNsi", 201),
        ("putAppointment", 429),
    ]
    sent = {each["correlationId"] for each in simulator.requests("putNsi")}
    assert set(UpstreamAttempt.objects.filter(operation="putNsi").values_list("correlation_id", flat=True)) == sent


def test_a_request_without_an_answer_is_on_record_with_its_fault(
    robin: Client, simulator: Simulator, settings: Any
) -> None:
    answer_all(robin)
    lose(simulator, "putNsi", "drop_after", settings)
    confirm(robin)
    attempt = UpstreamAttempt.objects.get(operation="putNsi")
    assert (attempt.status, attempt.fault) == (None, "ConnectionError")


def test_a_booking_can_be_taken_back_while_nothing_was_sent_and_its_answers_are_kept(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    booking = left_under_way(robin, simulator)
    address = f"/cases/X000001/appointments/{booking.id}/"
    assert "Do not save it" in robin.get(address).content.decode()
    page = robin.post(f"{address}cancel/", follow=True).content.decode()
    assert "This appointment was not arranged" in page
    with later(minutes=5):
        assert resume_due() == {}
    assert visits(simulator) == []
    assert robin.get(f"{CASE}/")["Location"] == f"{CASE}/check/"
    confirm(robin)
    assert len(visits(simulator)) == 1


def test_a_booking_that_may_have_been_made_cannot_be_taken_back(
    robin: Client, simulator: Simulator, settings: Any
) -> None:
    answer_all(robin)
    lose(simulator, "putAppointment", "drop_after", settings)
    address = confirm(robin)["Location"]
    assert "Do not save it" not in robin.get(address).content.decode()
    robin.post(f"{address}cancel/")
    assert Booking.objects.get().state == BookingState.SUBMITTED


def test_your_cases_shows_a_booking_until_its_outcome_has_been_seen(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    booking = left_under_way(robin, simulator)
    address = f"/cases/X000001/appointments/{booking.id}/"
    assert "We’re still saving the appointment for X000001" in robin.get("/").content.decode()
    with later(seconds=16):
        resume_due()
    assert "The appointment for X000001 on" in robin.get("/").content.decode()
    assert "has been arranged" in robin.get("/").content.decode()
    assert "Appointment arranged" in robin.get(address).content.decode()
    assert "has been arranged" not in robin.get("/").content.decode()


def test_who_has_seen_a_booking_under_way_has_not_seen_its_outcome(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    booking = left_under_way(robin, simulator)
    robin.get(f"/cases/X000001/appointments/{booking.id}/")
    with later(seconds=16):
        resume_due()
    assert "has been arranged" in robin.get("/").content.decode()


def test_an_outcome_seen_at_once_is_no_news(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    robin.get(confirm(robin)["Location"])
    assert "govuk-notification-banner" not in robin.get("/").content.decode()


def test_the_page_that_waits_learns_when_a_booking_is_settled(robin: Client, simulator: Simulator, later: Any) -> None:
    booking = left_under_way(robin, simulator)
    address = f"/cases/X000001/appointments/{booking.id}/state/"
    assert robin.get(address).json() == {"under_way": True}
    with later(seconds=16):
        resume_due()
    assert robin.get(address).json() == {"under_way": False}


def test_a_state_is_told_to_nobody_else(
    robin: Client, signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    booking = left_under_way(robin, simulator)
    terry = signed_in("TERRY.TWOTEAMS")
    assert terry.get(f"/cases/X000001/appointments/{booking.id}/state/").status_code == 404
    assert terry.post(f"/cases/X000001/appointments/{booking.id}/cancel/").status_code == 404


def test_while_an_appointment_is_being_saved_your_cases_and_the_journey_lead_to_it(
    robin: Client, simulator: Simulator
) -> None:
    booking = left_under_way(robin, simulator)
    address = f"/cases/X000001/appointments/{booking.id}/"
    page = robin.get("/").content.decode()
    assert f'href="{address}">See appointment' in page
    assert robin.get(f"{CASE}/")["Location"] == address
