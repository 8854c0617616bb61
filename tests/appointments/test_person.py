"""The page of a person: who they are, their RAR days, and what is to be done."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from govuk.formats import long_date
from tests.appointments.outcomes import answer, past, press
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

BRIAN, CLARA, GITA, HAL, INES, JACK, KIM = "X000001", "X000002", "X000006", "X000007", "X000008", "X000009", "X000010"
MONONYM, TWIN, WANDA, OTTO = "X000020", "X000024", "X000026", "X000029"
READS = ["getAppointments", "getAppointments", "getCase"]


def shown(client: Client, crn: str = BRIAN) -> str:
    """What is in the main part of a person's page, in one line."""
    answer = client.get(f"/cases/{crn}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split("<main")[1].split("</main>")[0].split())


def text(client: Client, crn: str = BRIAN) -> str:
    """The words of a person's page."""
    return " ".join(re.sub(r"<[^>]*>", " ", shown(client, crn)).split())


def add_visit(simulator: Simulator, crn: str = BRIAN, *, days: int, **fields: Any) -> dict[str, Any]:
    """An office visit at 9am, some days from now."""
    day = date.today() + timedelta(days=days)
    return simulator.add_contact(crn, start=f"{day}T09:00", end=f"{day}T10:00", type="COAP", **fields)


def test_who_a_person_is_and_how_to_reach_them_are_on_their_page(robin: Client) -> None:
    page = text(robin, CLARA)
    assert "Clara Fixture" in page
    assert "Mobile number 07700 900002 Landline number 01632 960002" in page
    assert "Managed by Robin Sample, Harrow End team" in page
    assert "Date of birth 2 November 1990" in page
    assert "Phone number Not recorded in Delius" in text(robin, KIM)


def test_risk_flags_are_counted_and_lead_to_their_page(robin: Client) -> None:
    assert '<a class="govuk-link" href="/cases/X000009/risk-flags/">14 risk flags</a>' in shown(robin, JACK)
    assert "Risk flags None" in text(robin, BRIAN)


def test_somebody_with_one_name_has_sentences_that_read_well(robin: Client) -> None:
    assert "Mononym has no appointments to come." in text(robin, MONONYM)


def test_rar_days_are_told_with_the_end_of_the_order_and_the_pace(robin: Client) -> None:
    page = text(robin, CLARA)
    assert "1 day completed of 25 days ordered 1 day booked 23 days left" in page
    assert re.search(r"The order ends on \d+ \w+ 20\d\d 23 days left and 49 weeks: about 1 session every 15 days", page)
    assert "RAR days at risk" in page
    assert "where more days are left than the pace of the last 8 weeks would complete before the order ends" in page


def test_of_several_requirements_each_has_a_bar_that_says_whose_it_is(robin: Client) -> None:
    page = text(robin, GITA)
    assert "RAR days: ORA Community Order, started" in page
    assert "RAR days: ORA Suspended Sentence Order, started" in page
    headings = re.findall(r"<h2[^>]*>(RAR days: [^<]*)</h2>", shown(robin, TWIN))
    assert len(set(headings)) == 2


@pytest.mark.parametrize("crn", [HAL, INES])
def test_somebody_without_a_rar_requirement_in_force_is_said_to_have_none(robin: Client, crn: str) -> None:
    assert "has no RAR requirement in force." in text(robin, crn)


def test_days_that_were_ordered_in_weeks_are_told_in_weeks(robin: Client) -> None:
    assert "The court ordered 12 weeks, so we cannot say how many days are left" in text(robin, WANDA)


def test_coming_appointments_are_soonest_first_and_outcomes_to_record_latest_first(
    robin: Client, simulator: Simulator
) -> None:
    add_visit(simulator, OTTO, days=3)
    page = shown(robin, OTTO)
    places = [page.index(f">{long_date(date.today() + timedelta(days=days))}<") for days in (-7, -14, 3, 7)]
    assert places == sorted(places)
    assert page.count("Record an outcome") == 2
    assert page.count(">Move<") == 2


def test_an_appointment_with_an_outcome_is_neither_to_come_nor_to_record(robin: Client, simulator: Simulator) -> None:
    for days in (-2, 2):
        add_visit(simulator, days=days, outcome="ATTC")
    page = text(robin)
    assert "Every past appointment has an outcome" in page
    assert "Brian has no appointments to come." in page


def test_more_outcomes_to_record_than_fit_are_counted(robin: Client, simulator: Simulator) -> None:
    for days in range(-60, -1):
        add_visit(simulator, days=days)
    page = text(robin)
    assert page.count("Record an outcome") == 50
    assert "There are 9 more. The schedule has them all." in page


def test_the_next_session_follows_the_last_rar_session(robin: Client, simulator: Simulator) -> None:
    add_visit(simulator, OTTO, days=20)
    last = next(each for each in simulator.contacts(OTTO) if each["start"] > f"{date.today()}" and each["nsiId"])
    page = shown(robin, OTTO)
    assert f"Last arranged: Office visit on {long_date(date.today() + timedelta(days=7))}." in page
    assert reverse("booking:next", args=[OTTO, last["contactId"]]) in page


def test_somebody_who_was_never_seen_has_nothing_to_follow(robin: Client) -> None:
    page = shown(robin, MONONYM)
    assert "Arrange the next session" not in page
    assert "Arrange an appointment" in page


def test_while_an_outcome_is_being_recorded_the_page_says_so_and_offers_nothing_else_for_it(
    robin: Client, simulator: Simulator
) -> None:
    contact_id = past(simulator)
    answer(robin, contact_id)
    simulator.fault("putOutcome", "status", status=429)
    address = press(robin, contact_id)["Location"]
    page = shown(robin, OTTO)
    assert f'href="{address}">We’re still recording the outcome for X000029' in page
    assert page.count("Record an outcome") == 1
    assert "outcome for X000029" not in shown(robin, BRIAN)


def test_somebody_who_may_see_and_not_arrange_is_offered_nothing_to_do(signed_in: Callable[[str], Client]) -> None:
    page = shown(signed_in("REA.READONLY"), CLARA)
    for action in ("Arrange", "Move", "Record an outcome", "<form"):
        assert action not in page
    assert "23 days left" in page


def test_a_page_costs_two_reads_beside_the_case_whatever_the_person_has(
    robin: Client, simulator: Simulator, django_assert_max_num_queries: Any
) -> None:
    for days in (*range(-40, 0), *range(1, 30)):
        add_visit(simulator, days=days)
    simulator.clear_requests()
    with django_assert_max_num_queries(4):
        shown(robin)
    asked = sorted(each["operation"] for each in simulator.requests() if each["operation"] != "token")
    assert asked == READS


def test_all_that_is_to_come_is_shown_although_it_does_not_fit_on_one_read(robin: Client, simulator: Simulator) -> None:
    for days in range(1, 121):
        add_visit(simulator, days=days)
    page = text(robin)
    assert page.count("Move") == 120
    assert page.index(long_date(date.today() + timedelta(days=1))) < page.index(
        long_date(date.today() + timedelta(days=120))
    )


def test_appointments_that_cannot_be_read_are_told_in_their_place(robin: Client, simulator: Simulator) -> None:
    robin.get(f"/cases/{CLARA}/arrange/")
    simulator.fault("getAppointments", "status", status=503, times=None)
    page = text(robin, CLARA)
    assert "We cannot see appointments at the moment." in page
    assert "We cannot see which outcomes are to be recorded at the moment." in page
    assert "23 days left" in page
    assert "Arrange an appointment" in page
    assert "Arrange the next session" not in page


@pytest.mark.parametrize(
    ("crn", "status"), [("X000011", 403), ("X000012", 403), ("X000014", 404), ("X999999", 404), ("nonsense", 404)]
)
def test_a_person_whom_one_may_not_see_has_no_page(robin: Client, crn: str, status: int) -> None:
    answer = robin.get(f"/cases/{crn}/")
    assert answer.status_code == status
    assert "RAR days" not in answer.content.decode()


def test_where_the_case_cannot_be_read_the_page_says_what_happened(robin: Client, simulator: Simulator) -> None:
    simulator.fault("getCase", "status", status=503, times=None)
    answer = robin.get(f"/cases/{BRIAN}/")
    assert answer.status_code == 503
    assert "Delius is not available" in answer.content.decode()
