"""The schedule of a person, from Delius."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from govuk.formats import long_date
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
JACK = "/cases/X000009/schedule/"


def shown(client: Client, address: str = "/cases/X000001/schedule/") -> str:
    return str(client.get(address).content.decode())


def test_what_was_arranged_is_on_the_schedule_with_its_toolkit(robin: Client) -> None:
    answer_all(robin, days=7)
    arranged = robin.get(confirm(robin)["Location"]).content.decode()
    assert 'href="/cases/X000001/schedule/"' in arranged
    page = shown(robin)
    assert long_date(date.today() + timedelta(days=7)) in page
    assert "9am to 9:30am" in page
    assert "Office visit" in page
    assert "Harrow End Probation Office" in page
    assert "Developing Dialogues" in page


def test_old_rar_categories_are_shown_exactly_as_recorded(robin: Client) -> None:
    page = shown(robin, JACK)
    assert "Drugs and alcohol: Staying away from alcohol" in page
    assert "Accommodation: Finding a place to live" in page
    assert "Attitudes, thinking and behaviour: Thinking skills" in page


def test_a_rar_session_without_toolkit_or_category_is_said_to_count(robin: Client) -> None:
    assert "Counts towards RAR" in shown(robin, JACK)
    assert "Counts towards RAR" not in shown(robin, "/cases/X000002/schedule/")


def test_coming_appointments_are_soonest_first_and_past_ones_latest_first(robin: Client, simulator: Simulator) -> None:
    for days in (20, 10, -40, -30):
        day = (date.today() + timedelta(days=days)).isoformat()
        simulator.add_contact("X000001", start=f"{day}T09:00", end=f"{day}T09:30", type="COAP")
    page = shown(robin)
    places = [page.index(long_date(date.today() + timedelta(days=days))) for days in (10, 20, -30, -40)]
    assert places == sorted(places)


def test_past_appointments_are_paged(robin: Client, simulator: Simulator) -> None:
    for days in range(1, 46):
        day = (date.today() - timedelta(days=days)).isoformat()
        simulator.add_contact("X000001", start=f"{day}T09:00", end=f"{day}T09:30", type="COAP")
    first, last = shown(robin), shown(robin, "/cases/X000001/schedule/?page=3")
    assert 'href="/cases/X000001/schedule/?page=2"' in first
    assert long_date(date.today() - timedelta(days=1)) in first
    assert long_date(date.today() - timedelta(days=45)) in last
    assert "Future appointments" not in last


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "1e1", "99999"])
def test_a_page_that_is_not_there_is_not_found(robin: Client, page: str) -> None:
    assert robin.get("/cases/X000001/schedule/", {"page": page}).status_code == 404


def test_somebody_without_appointments_has_a_page_that_says_so(robin: Client, simulator: Simulator) -> None:
    page = shown(robin, "/cases/X000007/schedule/")
    assert "Hal has no appointments from today on" in page


def test_the_schedule_of_somebody_elses_case_is_not_found(robin: Client, signed_in: Callable[[str], Client]) -> None:
    assert robin.get("/cases/X000014/schedule/").status_code == 404
    assert robin.get("/cases/X999999/schedule/").status_code == 404


def test_where_delius_is_down_the_page_says_so(robin: Client, simulator: Simulator) -> None:
    robin.get("/cases/X000001/arrange/")
    simulator.fault("getAppointments", "status", status=503, times=None)
    answer = robin.get("/cases/X000001/schedule/")
    assert answer.status_code in {502, 503}
    assert "govuk-heading" in answer.content.decode()


def test_a_schedule_costs_three_reads_beyond_the_case(
    robin: Client, simulator: Simulator, django_assert_max_num_queries: Any
) -> None:
    robin.get("/cases/X000001/arrange/")
    simulator.clear_requests()
    with django_assert_max_num_queries(6):
        robin.get("/cases/X000001/schedule/")
    assert sorted(each["operation"] for each in simulator.requests()) == [
        "getAppointments",
        "getAppointments",
        "getRiskFlags",
    ]
