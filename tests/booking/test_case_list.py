"""Finding people on *Your cases*."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.case_list import ORDERS, days_left, in_order, matching
from booking.formats import long_date
from delius.selectors import CaseloadPerson
from tests.booking.test_bad_input import errors_in
from tests.simulator_process import Simulator

PEOPLE = st.lists(
    st.builds(
        CaseloadPerson,
        crn=st.from_regex(r"[A-Z][0-9]{6}", fullmatch=True),
        name=st.sampled_from(["Ann Sample", "Bob Example", "Cy Placeholder", ""]),
        rar=st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(0, 40)), max_size=2).map(tuple),
    ),
    max_size=12,
)


def crns(page: str) -> list[str]:
    """The CRNs of the table, in order."""
    return re.findall(r'role="cell" class="govuk-table__cell">([A-Z][0-9]{6})</td>', page)


def looking_for(client: Client, words: str, **more: str) -> Any:
    """Send the form, and return the answer of the address that it leads to."""
    return client.get(client.post("/", {"find": words, **more})["Location"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PEOPLE, st.sampled_from(sorted(ORDERS)))
def test_nobody_is_lost_in_any_order_and_unknown_days_come_last(people: list[CaseloadPerson], order: str) -> None:
    ordered = in_order(people, order)
    assert sorted(each.crn for each in ordered) == sorted(each.crn for each in people)
    if "days" in order:
        left = [days_left(each) for each in ordered]
        known = [days for days in left if days is not None]
        assert left == known + [None] * (len(left) - len(known))
        assert known == sorted(known, reverse=order.startswith("most"))


@given(PEOPLE, st.text(max_size=8))
def test_whoever_is_found_has_what_was_typed_in_their_name_or_crn(people: list[CaseloadPerson], query: str) -> None:
    for person in matching(people, query):
        assert all(word in f"{person.name} {person.crn}".casefold() for word in query.casefold().split())


@pytest.mark.django_db
class TestYourCases:
    @pytest.mark.parametrize("typed", ["example", "  EXAMPLE ", "x000001", "brian exa", "X000001"])
    def test_a_person_is_found_by_part_of_their_name_or_by_crn(self, robin: Client, typed: str) -> None:
        page = looking_for(robin, typed).content.decode()
        assert crns(page) == ["X000001"]
        assert "1 person found" in page

    def test_no_name_stands_in_an_address(self, robin: Client) -> None:
        assert robin.post("/", {"find": "Brian"})["Location"] == "/?found=yes"
        assert robin.post("/", {"find": "Brian", "order": "crn"})["Location"] == "/?found=yes&order=crn"
        assert len(crns(robin.get("/?find=Brian").content.decode())) > 1

    def test_whoever_was_found_is_there_again_on_coming_back_and_everybody_by_the_navigation(
        self, robin: Client
    ) -> None:
        looking_for(robin, "brian")
        robin.get("/cases/X000001/schedule/")
        again = robin.get("/?found=yes").content.decode()
        assert crns(again) == ["X000001"]
        assert 'value="brian"' in again
        everybody = robin.get("/").content.decode()
        assert len(crns(everybody)) > 1
        assert "brian" not in everybody

    def test_looking_for_nothing_shows_everybody_in_the_order_that_was_chosen(self, robin: Client) -> None:
        looking_for(robin, "brian")
        assert robin.post("/", {"find": " ", "order": "days-left"})["Location"] == "/?order=days-left"
        assert len(crns(robin.get("/?found=yes").content.decode())) > 1

    def test_words_that_are_too_many_are_refused_and_shown_again(self, robin: Client) -> None:
        answer = robin.post("/", {"find": "x" * 101})
        assert errors_in(answer) == ["Name or CRN must be 100 characters or fewer"]
        assert "x" * 101 in answer.content.decode()

    def test_people_can_be_sorted_by_rar_days_left(self, robin: Client) -> None:
        fewest = crns(robin.get("/", {"order": "days-left"}).content.decode())
        most = crns(robin.get("/", {"order": "most-days-left"}).content.decode())
        assert fewest[0] != most[0]
        assert sorted(fewest) == sorted(most) == sorted(crns(robin.get("/").content.decode()))
        assert crns(robin.get("/", {"order": "crn"}).content.decode()) == sorted(fewest)

    def test_people_can_be_sorted_by_their_next_appointment(self, robin: Client, simulator: Simulator) -> None:
        everybody = crns(robin.get("/").content.decode())
        today = date.today()
        for crn, days, hour in (("X000002", 3, 9), ("X000001", 2, 14), ("X000001", 30, 9), ("X000004", 2, 9)):
            day = today + timedelta(days=days)
            simulator.add_contact(crn, start=f"{day}T{hour:02}:00", end=f"{day}T{hour + 1:02}:00", type="CHVS")
        page = robin.get("/", {"order": "next-appointment"}).content.decode()
        ours = [crn for crn in crns(page) if crn in {"X000001", "X000002", "X000004"}]
        assert ours == ["X000004", "X000001", "X000002"]
        assert f"{long_date(today + timedelta(days=2))} at 2pm: Home visit" in page
        assert "None arranged" in page
        assert sorted(crns(page)) == sorted(everybody)

    def test_a_next_appointment_that_cannot_be_read_is_said_to_be_so(self, robin: Client, simulator: Simulator) -> None:
        simulator.fault("contact_summary", "status", status=429, times=None)
        page = robin.get("/", {"order": "next-appointment"}).content.decode()
        assert "Not available at the moment" in page
        assert "X000001" in crns(page)

    def test_an_order_that_does_not_exist_shows_everybody(self, robin: Client) -> None:
        assert crns(robin.get("/", {"order": "sideways"}).content.decode())

    def test_somebody_whom_ones_team_manages_is_found_by_their_crn(self, signed_in, simulator: Simulator) -> None:
        terry = signed_in("TERRY.TWOTEAMS")
        assert "X000001" not in crns(terry.get("/").content.decode())
        assert looking_for(terry, "x000001")["Location"] == "/cases/X000001/schedule/"

    @pytest.mark.parametrize("crn", ["X000014", "Z999999"])
    def test_not_yours_and_does_not_exist_get_the_same_answer(self, robin: Client, crn: str) -> None:
        answer = looking_for(robin, crn)
        assert errors_in(answer) == [f"You do not have a case with the CRN {crn}. Check it and try again"]
        assert f'value="{crn}"' in answer.content.decode()

    def test_a_name_that_nobody_has_is_answered_with_the_way_on(self, robin: Client) -> None:
        page = looking_for(robin, "nobody at all").content.decode()
        assert "Nobody on your caseload has that name or CRN" in page
        assert "Show everybody" in page

    def test_somebody_with_limited_access_shows_the_reason_and_nothing_else(self, robin: Client) -> None:
        page = looking_for(robin, "X000011").content.decode()
        assert "Limited access" in page
        assert "Lou" not in page
        assert not crns(looking_for(robin, "Lou").content.decode())
