"""While Delius does not answer, pages answer at once, keep what was typed, and promise only what can be kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import AuditEvent
from booking.models import Booking, BookingState, Draft
from booking.services.delivery.processing import process
from booking.services.delivery.resume import resume_due
from delius.http import background
from delius.upstream import Service
from rarbooking.roles import Role
from tests.booking.down import open_circuits
from tests.booking.journeys import answer_all, answer_up_to, sent_by_the_page_of
from tests.booking.test_confirming import asked, confirm, toolkit_nsis, visits
from tests.booking.test_resuming import left_under_way
from tests.people import account, client_of
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
BANNER = "Delius is not answering at the moment"
DELIUS, AUTH = Service.DELIUS, Service.HMPPS_AUTH
Later = Callable[..., Any]


# Pages


@pytest.mark.parametrize("path", ["/", f"{CASE}/", f"{CASE}/type/", f"{CASE}/check/", "/cases/X000001/schedule/"])
def test_a_page_that_needs_delius_answers_without_asking_it_and_says_so(
    robin: Client, simulator: Simulator, path: str
) -> None:
    open_circuits(DELIUS)
    simulator.clear_requests()
    answer = robin.get(path)
    assert answer.status_code == 503
    assert "Delius is not available" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 60
    assert asked(simulator) == []


def test_a_page_that_was_read_a_moment_ago_is_shown_with_a_banner(robin: Client, simulator: Simulator) -> None:
    answer_up_to(robin, "notes")
    open_circuits(DELIUS)
    simulator.clear_requests()
    answer = robin.get(f"{CASE}/notes/")
    assert answer.status_code == 200
    assert answer.content.decode().count(BANNER) == 1
    assert asked(simulator) == []


def test_who_may_see_a_case_is_never_decided_by_what_is_older_than_a_minute(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    robin.get(f"{CASE}/type/")
    with later(seconds=61):
        open_circuits(DELIUS)
        assert robin.get(f"{CASE}/type/").status_code == 503


def test_there_is_no_banner_while_delius_answers(robin: Client) -> None:
    assert BANNER not in robin.get("/").content.decode()


def test_there_is_no_banner_for_hmpps_auth_while_there_is_a_token(robin: Client) -> None:
    robin.get("/")
    open_circuits(AUTH)
    assert BANNER not in robin.get("/").content.decode()


def test_nobody_who_is_not_signed_in_is_told(client: Client, simulator: Simulator) -> None:
    open_circuits(DELIUS)
    assert BANNER not in client.get("/signed-out/").content.decode()


def test_nobody_who_has_no_cases_is_told(rollout: None) -> None:
    open_circuits(DELIUS)
    designer = client_of(account("SOMEBODY", Role.CONTENT_DESIGNER))
    answer = designer.get("/guidance/")
    assert answer.status_code == 200
    assert BANNER not in answer.content.decode()


def test_an_answer_that_could_not_be_kept_can_be_sent_again_from_the_page_that_says_so(
    robin: Client, later: Later
) -> None:
    answer_up_to(robin, "notes")
    typed = {"notes": "Bring the “workbook” & <pen>.\nSecond line"}
    with later(seconds=61):
        open_circuits(DELIUS)
        page = robin.post(f"{CASE}/notes/", typed).content.decode()
    assert "What you have just entered is kept on this page" in page
    assert "Bring the “workbook” &amp; &lt;pen&gt;.\nSecond line" in page
    assert 'name="notes"' in page
    assert page.count("csrfmiddlewaretoken") == 2  # signing out is a form too
    assert Draft.objects.get().answers.keys() >= {"type", "rar", "toolkit", "where", "when", "repeat"}


def test_the_answers_given_before_are_there_when_delius_is_back(robin: Client, later: Later) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer_up_to(robin, "notes")
        open_circuits(DELIUS)
        clock.shift(61)
        assert robin.get(f"{CASE}/").status_code == 503
        background.drain()
        answer = robin.get(f"{CASE}/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CASE}/notes/")


# Confirming


def test_nothing_can_be_confirmed_while_the_circuit_to_delius_is_open(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    robin.get(f"{CASE}/check/")
    open_circuits(DELIUS)
    page = robin.get(f"{CASE}/check/").content.decode()
    assert "Confirm this appointment" not in page
    assert "You cannot confirm this at the moment" in page
    assert re.search(r"Try again</a> after \d{1,2}(:\d\d)?[ap]m|midday|midnight", page)
    assert BANNER not in page


def test_what_is_confirmed_all_the_same_is_not_accepted_and_the_page_says_that_nothing_was_sent(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    open_circuits(DELIUS)
    before = Draft.objects.get().answers
    simulator.clear_requests()
    answer = confirm(robin)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The appointment was not confirmed because Delius is not answering. Nothing was sent." in page
    assert "Confirm this appointment" not in page
    assert not Booking.objects.exists()
    assert Draft.objects.get().answers == before
    assert asked(simulator) == []


def test_a_reload_after_confirming_never_says_that_nothing_was_sent(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    button = sent_by_the_page_of(Draft.objects.get())
    simulator.fault("putAppointment", "malformed")
    address = robin.post(f"{CASE}/check/", button)["Location"]
    open_circuits(DELIUS)
    assert robin.post(f"{CASE}/check/", button)["Location"] == address
    assert "We’re still saving this appointment" in robin.get(address).content.decode()


def test_a_token_that_is_at_hand_lets_somebody_confirm_while_hmpps_auth_does_not_answer(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    open_circuits(AUTH)
    simulator.clear_requests()
    assert confirm(robin).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED
    assert simulator.requests("token") == []


def test_nothing_is_confirmed_without_a_token_while_hmpps_auth_does_not_answer(robin: Client) -> None:
    answer_all(robin)
    cache.clear()
    open_circuits(AUTH)
    assert confirm(robin).status_code == 503
    assert not Booking.objects.exists()


def test_what_is_confirmed_when_the_case_cannot_be_read_any_more_is_not_accepted_either(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    answer_all(robin)
    with later(seconds=61):
        open_circuits(DELIUS)
        answer = confirm(robin)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "we did not send anything to it. Your answers are kept." in page
    assert f'value="{Draft.objects.get().booking_id}"' in page
    assert not Booking.objects.exists()


def test_what_could_not_be_confirmed_is_booked_once_by_the_same_button_when_delius_is_back(
    robin: Client, simulator: Simulator
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer_all(robin)
        open_circuits(DELIUS)
        button = sent_by_the_page_of(Draft.objects.get())
        assert robin.post(f"{CASE}/check/", button).status_code == 503
        clock.shift(60)
        assert robin.post(f"{CASE}/check/", button).status_code == 503
        background.drain()
        assert robin.post(f"{CASE}/check/", button).status_code == 302
        assert robin.post(f"{CASE}/check/", button).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED
    assert len(visits(simulator)) == len(toolkit_nsis(simulator)) == 1


def test_what_was_accepted_before_is_kept_and_its_page_says_so(robin: Client, simulator: Simulator) -> None:
    booking = left_under_way(robin, simulator)
    open_circuits(DELIUS)
    answer = robin.post(f"/cases/X000001/appointments/{booking.id}/")
    assert answer.status_code == 302
    page = robin.get(answer["Location"]).content.decode()
    assert "We’re still saving this appointment" in page
    assert BANNER in page
    assert Booking.objects.get().state == BookingState.SUBMITTED


# Workers


@pytest.mark.parametrize("service", [DELIUS, AUTH])
def test_a_worker_spends_no_try_on_a_booking_while_the_circuit_is_open(
    robin: Client, simulator: Simulator, later: Later, service: Service
) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        open_circuits(service)
        simulator.clear_requests()
        assert [resume_due() for _ in range(50)] == [{}] * 50
    assert Booking.objects.get().tries == 0
    assert simulator.requests() == []
    assert not AuditEvent.objects.filter(what="BOOKING_RESUMED").exists()


def test_a_worker_is_woken_once_when_it_is_worth_looking_again(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        open_circuits(DELIUS)
        before = DBTaskResult.objects.count()
        for _ in range(5):
            resume_due()
        [task] = DBTaskResult.objects.order_by("-enqueued_at")[: DBTaskResult.objects.count() - before]
        assert timezone.now() < task.run_after <= timezone.now() + timedelta(seconds=20)


def test_a_worker_finishes_what_waited_as_soon_as_delius_is_back(robin: Client, simulator: Simulator) -> None:
    left_under_way(robin, simulator)
    with time_machine.travel(timezone.now() + timedelta(seconds=16), tick=False) as clock:
        open_circuits(DELIUS)
        clock.shift(15)
        assert resume_due() == {}
        background.drain()
        assert resume_due() == {"booked": 1}
    assert len(visits(simulator)) == 1


def test_a_try_that_could_not_be_sent_is_given_back(robin: Client, simulator: Simulator, later: Later) -> None:
    booking = left_under_way(robin, simulator)
    with later(seconds=16):
        Booking.objects.update(tries=4)
        booking = Booking.objects.select_related("user").get()
        open_circuits(DELIUS)
        simulator.clear_requests()
        now_at = process(booking, try_counted=True)
    now = Booking.objects.get()
    assert (now_at.state, now.tries, now.sent_at) == (BookingState.SUBMITTED, 3, None)
    assert asked(simulator) == []
