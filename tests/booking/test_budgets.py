"""What each page may ask of the database and of Delius."""

from typing import Any

import pytest
from django.test import Client

from tests.booking.journeys import ORDER, answer_all, answer_up_to
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"

# Session, user, draft, the audit's record, and for the toolkit two reads for each day that matters. Guidance is read
# once a minute.
MOST_QUERIES = 9


def asked_of_delius(simulator: Simulator) -> list[str]:
    return [each["operation"] for each in simulator.requests()]


@pytest.mark.parametrize("step", ORDER)
def test_a_question_asks_little_of_the_database_and_nothing_of_delius_once_the_case_is_read(
    robin: Client, simulator: Simulator, django_assert_max_num_queries: Any, step: str
) -> None:
    answer_up_to(robin, step)
    robin.get(f"{CASE}/{step}/")
    simulator.clear_requests()
    with django_assert_max_num_queries(MOST_QUERIES):
        assert robin.get(f"{CASE}/{step}/").status_code == 200
    assert asked_of_delius(simulator) == []


def test_the_answers_ask_little_of_the_database_and_of_delius_only_the_toolkits_records(
    robin: Client, simulator: Simulator, django_assert_max_num_queries: Any
) -> None:
    answer_all(robin)
    simulator.clear_requests()
    with django_assert_max_num_queries(MOST_QUERIES):
        assert robin.get(f"{CASE}/check/").status_code == 200
    assert asked_of_delius(simulator) == ["nsis", "contact_summary"]


def test_your_cases_asks_the_database_five_things_however_long_the_caseload(
    robin: Client, django_assert_max_num_queries: Any
) -> None:
    robin.get("/")
    # Session, user, drafts, bookings, and the audit's record.
    with django_assert_max_num_queries(5):
        assert robin.get("/").status_code == 200


def test_your_cases_read_again_within_a_minute_asks_nothing_of_delius(robin: Client, simulator: Simulator) -> None:
    robin.get("/")
    simulator.clear_requests()
    robin.get("/")
    assert asked_of_delius(simulator) == []


def test_opening_a_case_reads_delius_no_more_than_six_times_with_a_token_for_reading_and_one_for_writing(
    robin: Client, simulator: Simulator
) -> None:
    simulator.clear_requests()
    robin.get(f"{CASE}/", follow=True)
    assert sorted(asked_of_delius(simulator)) == [
        "appointment_types",
        "convictions",
        "person_all",
        "requirements",
        "staff_by_username",
        "token",
        "token",
        "user_access",
    ]
