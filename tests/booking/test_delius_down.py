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
from booking.services import progress
from booking.services.resume import resume_due
from delius import background
from delius.services import Service
from rarbooking.roles import Role
from tests.booking.down import leave_alone
from tests.booking.journeys import answer_all, answer_up_to, sent_by_the_page_of
from tests.booking.test_confirming import confirm, toolkit_nsis, visits
from tests.booking.test_resuming import left_under_way
from tests.people import account, client_of
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
BANNER = "Delius is not answering at the moment"
COMMUNITY, DELIUS, AUTH = Service.COMMUNITY_API, Service.DELIUS_API, Service.HMPPS_AUTH
Later = Callable[..., Any]


def asked(simulator: Simulator) -> list[str]:
    return [each["operation"] for each in simulator.requests()]


# Pages


@pytest.mark.parametrize("path", ["/", f"{CASE}/", f"{CASE}/type/", f"{CASE}/check/", "/cases/X000001/schedule/"])
def test_a_page_that_needs_delius_answers_without_asking_it_and_says_so(
    robin: Client, simulator: Simulator, path: str
) -> None:
    leave_alone(COMMUNITY)
    simulator.clear_requests()
    answer = robin.get(path)
    assert answer.status_code == 503
    assert "Delius is not available" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 60
    assert asked(simulator) == []


def test_a_page_that_was_read_a_moment_ago_is_shown_with_a_banner(robin: Client, simulator: Simulator) -> None:
    answer_up_to(robin, "notes")
    leave_alone(COMMUNITY)
    simulator.clear_requests()
    answer = robin.get(f"{CASE}/notes/")
    assert answer.status_code == 200
    assert answer.content.decode().count(BANNER) == 1
    assert asked(simulator) == []


def test_your_cases_read_a_moment_ago_is_shown_with_a_banner(robin: Client) -> None:
    robin.get("/")
    leave_alone(COMMUNITY)
    page = robin.get("/").content.decode()
    assert BANNER in page
    assert "Brian Example" in page


def test_who_may_see_a_case_is_never_decided_by_what_is_older_than_a_minute(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    robin.get(f"{CASE}/type/")
    with later(seconds=61):
        leave_alone(COMMUNITY)
        assert robin.get(f"{CASE}/type/").status_code == 503


def test_there_is_no_banner_while_delius_answers(robin: Client) -> None:
    assert BANNER not in robin.get("/").content.decode()


def test_there_is_no_banner_for_delius_api_alone_nor_for_hmpps_auth_while_there_is_a_token(robin: Client) -> None:
    robin.get("/")
    leave_alone(DELIUS, AUTH)
    assert BANNER not in robin.get("/").content.decode()


def test_nobody_who_is_not_signed_in_is_told(client: Client, simulator: Simulator) -> None:
    leave_alone(COMMUNITY)
    assert BANNER not in client.get("/signed-out/").content.decode()


def test_nobody_who_has_no_cases_is_told(rollout: None) -> None:
    leave_alone(COMMUNITY)
    designer = client_of(account("SOMEBODY", Role.CONTENT_DESIGNER))
    answer = designer.get("/")
    assert answer.status_code == 403
    assert BANNER not in answer.content.decode()


def test_an_answer_that_could_not_be_kept_can_be_sent_again_from_the_page_that_says_so(
    robin: Client, later: Later
) -> None:
    answer_up_to(robin, "notes")
    typed = {"notes": "Bring the “workbook” & <pen>.\nSecond line"}
    with later(seconds=61):
        leave_alone(COMMUNITY)
        page = robin.post(f"{CASE}/notes/", typed).content.decode()
    assert "What you have just entered is kept on this page" in page
    assert "Bring the “workbook” &amp; &lt;pen&gt;.\nSecond line" in page
    assert 'name="notes"' in page
    assert page.count("csrfmiddlewaretoken") == 2  # signing out is a form too
    assert Draft.objects.get().answers.keys() >= {"type", "rar", "toolkit", "where", "when", "repeat"}


def test_the_answers_given_before_are_there_when_delius_is_back(robin: Client, later: Later) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer_up_to(robin, "notes")
        leave_alone(COMMUNITY)
        clock.shift(61)
        assert robin.get(f"{CASE}/").status_code == 503
        background.finish()
        answer = robin.get(f"{CASE}/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CASE}/notes/")


# Confirming


def test_nothing_can_be_confirmed_while_community_api_is_left_alone(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    robin.get(f"{CASE}/check/")
    leave_alone(COMMUNITY)
    page = robin.get(f"{CASE}/check/").content.decode()
    assert "Confirm this appointment" not in page
    assert "You cannot confirm this at the moment" in page
    assert re.search(r"Try again</a> after \d{1,2}(:\d\d)?[ap]m|midday|midnight", page)
    assert BANNER not in page


@pytest.mark.parametrize("services", [(COMMUNITY,), (DELIUS,)])
def test_what_is_confirmed_all_the_same_is_not_accepted_and_the_page_says_that_nothing_was_sent(
    robin: Client, simulator: Simulator, services: tuple[Service, ...]
) -> None:
    answer_all(robin)
    leave_alone(*services)
    before = Draft.objects.get().answers
    simulator.clear_requests()
    answer = confirm(robin)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The appointment was not confirmed because Delius is not answering. Nothing was sent." in page
    assert "Confirm this appointment" not in page
    assert not Booking.objects.exists()
    assert Draft.objects.get().answers == before
    assert not {"create_nsi", "create_appointment"} & set(asked(simulator))


def test_a_token_that_is_at_hand_lets_somebody_confirm_while_hmpps_auth_is_left_alone(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    leave_alone(AUTH)
    simulator.clear_requests()
    assert confirm(robin).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED
    assert "token" not in asked(simulator)


def test_the_answers_read_the_toolkits_records_once_while_delius_api_is_left_alone(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    leave_alone(DELIUS)
    simulator.clear_requests()
    assert robin.get(f"{CASE}/check/").status_code == 200
    assert asked(simulator).count("nsis") == 1


def test_nothing_is_confirmed_without_a_token_while_hmpps_auth_is_left_alone(robin: Client) -> None:
    answer_all(robin)
    cache.clear()
    leave_alone(AUTH)
    assert confirm(robin).status_code == 503
    assert not Booking.objects.exists()


def test_what_is_confirmed_when_the_case_cannot_be_read_any_more_is_not_accepted_either(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    answer_all(robin)
    with later(seconds=61):
        leave_alone(COMMUNITY)
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
        leave_alone(COMMUNITY)
        button = sent_by_the_page_of(Draft.objects.get())
        assert robin.post(f"{CASE}/check/", button).status_code == 503
        clock.shift(60)
        assert robin.post(f"{CASE}/check/", button).status_code == 503
        background.finish()
        assert robin.post(f"{CASE}/check/", button).status_code == 302
        assert robin.post(f"{CASE}/check/", button).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED
    assert len(visits(simulator)) == len(toolkit_nsis(simulator)) == 1


def test_delius_api_is_not_needed_where_the_toolkits_record_is_there(robin: Client, simulator: Simulator) -> None:
    simulator.add_nsi("X000001", "TKDEV")
    answer_all(robin)
    leave_alone(DELIUS)
    assert "Confirm this appointment" in robin.get(f"{CASE}/check/").content.decode()
    assert confirm(robin).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED


def test_delius_api_is_not_needed_for_an_appointment_that_does_not_count_towards_rar(robin: Client) -> None:
    answer_all(robin, rar="no")
    leave_alone(DELIUS)
    assert confirm(robin).status_code == 302
    assert Booking.objects.get().state == BookingState.BOOKED


def test_what_was_accepted_before_is_kept_and_its_page_says_so(robin: Client, simulator: Simulator) -> None:
    booking = left_under_way(robin, simulator)
    leave_alone(COMMUNITY)
    answer = robin.post(f"/cases/X000001/appointments/{booking.id}/")
    assert answer.status_code == 302
    page = robin.get(answer["Location"]).content.decode()
    assert "We’re still saving this appointment" in page
    assert BANNER in page
    assert Booking.objects.get().state in {BookingState.SUBMITTED, BookingState.NSI_READY}


# Workers


@pytest.mark.parametrize("service", [COMMUNITY, AUTH])
def test_a_worker_spends_no_try_on_a_booking_while_delius_is_left_alone(
    robin: Client, simulator: Simulator, later: Later, service: Service
) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        leave_alone(service)
        simulator.clear_requests()
        assert [resume_due() for _ in range(50)] == [{}] * 50
    assert Booking.objects.get().tries == 0
    assert asked(simulator) == []
    assert not AuditEvent.objects.filter(what="BOOKING_RESUMED").exists()


def test_a_worker_is_woken_once_when_it_is_worth_looking_again(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        leave_alone(COMMUNITY)
        before = DBTaskResult.objects.count()
        for _ in range(5):
            resume_due()
        [task] = DBTaskResult.objects.order_by("-enqueued_at")[: DBTaskResult.objects.count() - before]
        assert timezone.now() < task.run_after <= timezone.now() + timedelta(seconds=20)


def test_a_worker_finishes_what_waited_as_soon_as_delius_is_back(robin: Client, simulator: Simulator) -> None:
    left_under_way(robin, simulator)
    with time_machine.travel(timezone.now() + timedelta(seconds=16), tick=False) as clock:
        leave_alone(COMMUNITY)
        clock.shift(15)
        assert resume_due() == {}
        background.finish()
        assert resume_due() == {"booked": 1}
    assert len(visits(simulator)) == 1


def test_a_try_that_was_refused_half_way_is_given_back(robin: Client, simulator: Simulator, later: Later) -> None:
    answer_all(robin)
    simulator.fault("nsis", "status", status=429, times=2)
    confirm(robin)
    with later(seconds=16):
        booking = Booking.objects.get()
        Booking.objects.update(tries=1)
        simulator.clear_faults()
        leave_alone(DELIUS)
        now_at = progress.run(booking.id, wait_seconds=0, try_counted=True)
    now = Booking.objects.get()
    assert (now_at.state, now.tries, now.sent_at) == (BookingState.SUBMITTED, 0, None)
    assert asked(simulator).count("create_nsi") == 0


def test_a_booking_that_waits_for_delius_api_does_not_keep_others_from_being_made(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    answer_all(robin)
    simulator.fault("nsis", "status", status=429, times=2)
    confirm(robin)
    left = Booking.objects.get()
    answer_all(robin, crn="X000002", rar="no", days=9)
    simulator.fault("create_appointment", "status", status=429)
    confirm(robin, crn="X000002")
    simulator.clear_faults()
    with later(seconds=16):
        leave_alone(DELIUS)
        assert resume_due() == {"booked": 1}
    assert Booking.objects.get(id=left.id).tries == 0
    assert Booking.objects.exclude(id=left.id).get().state == BookingState.BOOKED
