"""A RAR requirement that ends soon: nothing is arranged on it from that day on."""

from datetime import date, timedelta

import pytest
from django.test import Client

from govuk.formats import short_date
from tests.booking.journeys import answer_up_to, day_in, typed
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import asked
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

# Una Endingsoon's only RAR requirement ends in three weeks.
UNA = "X000019"
ENDS_IN = 21
CASE = f"/cases/{UNA}/arrange"


def when(days: int) -> dict[str, str]:
    return typed(days=days)["when"]


def answer_up_to_dates(client: Client) -> None:
    answer_up_to(client, "when", crn=UNA)
    client.post(f"{CASE}/when/", when(7))
    client.post(f"{CASE}/repeat/", {"repeat": "yes", "frequency": "week", "number": "3"})


@pytest.mark.parametrize("days", [ENDS_IN, ENDS_IN + 30])
def test_a_session_on_or_after_the_day_the_requirement_ends_is_refused_before_delius_is_asked(
    robin: Client, simulator: Simulator, days: int
) -> None:
    answer_up_to(robin, "when", crn=UNA)
    simulator.clear_requests()
    ends = short_date(date.today() + timedelta(days=ENDS_IN))
    answer = robin.post(f"{CASE}/when/", when(days))
    assert errors_in(answer) == [f"Date must be before {ends}, when the RAR requirement ends"]
    assert f'value="{day_in(days)["date_day"]}"' in answer.content.decode()
    assert [each for each in asked(simulator) if each.startswith("put")] == []


def test_the_day_before_is_accepted(robin: Client) -> None:
    answer_up_to(robin, "when", crn=UNA)
    assert robin.post(f"{CASE}/when/", when(ENDS_IN - 1)).status_code == 302


def test_an_appointment_that_does_not_count_towards_rar_may_be_later(robin: Client) -> None:
    answer_up_to(robin, "rar", crn=UNA)
    robin.post(f"{CASE}/rar/", {"rar": "no"})
    robin.post(f"{CASE}/where/", {"office": "N90HAR"})
    assert robin.post(f"{CASE}/when/", when(ENDS_IN + 1)).status_code == 302


def test_repeats_past_that_day_cannot_count_towards_rar(robin: Client) -> None:
    answer_up_to_dates(robin)
    weeks = [(date.today() + timedelta(days=7 * week)).isoformat() for week in (2, 3, 4)]
    robin.post(f"{CASE}/dates/", {"dates": weeks})
    ends = short_date(date.today() + timedelta(days=ENDS_IN))
    answer = robin.post(f"{CASE}/repeat-rar/", {"repeat_rar": "yes"})
    assert errors_in(answer) == [
        f"The RAR requirement ends on {ends}. Select no, or go back and leave out the dates after that"
    ]
    assert robin.post(f"{CASE}/repeat-rar/", {"repeat_rar": "no"}).status_code == 302


def test_repeats_before_that_day_can_count_towards_rar(robin: Client) -> None:
    answer_up_to_dates(robin)
    robin.post(f"{CASE}/dates/", {"dates": [(date.today() + timedelta(days=14)).isoformat()]})
    assert robin.post(f"{CASE}/repeat-rar/", {"repeat_rar": "yes"}).status_code == 302
