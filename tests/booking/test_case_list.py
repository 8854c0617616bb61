"""Finding people on *Your cases*."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from booking.forms.cases import ORDERS
from booking.presenters.cases import case_row
from delius.errors import LIMITED_ACCESS
from delius.records import Access, AppointmentSummary, CaseRow, CodeDescription, Name, RarDays
from govuk.formats import long_date
from tests.booking.journeys import answer_up_to
from tests.booking.test_bad_input import errors_in
from tests.simulator_process import Simulator

SEEN = Access(limited=False)


def crns(page: str) -> list[str]:
    """The CRNs of the table, in order."""
    return re.findall(r'role="cell" class="govuk-table__cell">([A-Z][0-9]{6})</td>', page)


def looking_for(client: Client, words: str, **more: str) -> Any:
    """Send the form, and return the answer of the address that it leads to."""
    return client.get(client.post("/", {"find": words, **more})["Location"])


def upstream(simulator: Simulator) -> list[str]:
    """What was asked of the integration service since the requests were forgotten, tokens aside."""
    return [each["operation"] for each in simulator.requests() if each["operation"] != "token"]


class TestLine:
    """What is said of one person."""

    def line(self, **fields: Any) -> Any:
        person = {"crn": "X000001", "access": SEEN, "name": Name(forename="Brian", surname="Example")}
        return case_row(CaseRow(**person | fields), has_draft=False, may_arrange=True)

    @pytest.mark.parametrize(
        ("ordered", "completed", "words"),
        [
            (20, 2, "2 of 20 days completed"),
            (20, 1, "1 of 20 days completed"),
            (1, 0, "0 of 1 day completed"),
            (None, 3, "3 days completed"),
            (None, 1, "1 day completed"),
            (None, 0, "0 days completed"),
        ],
    )
    def test_rar_days_are_said_in_words(self, ordered: int | None, completed: int, words: str) -> None:
        days = RarDays(requirement_id=1, event_id=1, ordered=ordered, completed=completed, booked=4)
        assert self.line(rar_requirements=(days,)).rar_days == words

    def test_each_rar_requirement_is_told_and_none_at_all_is_said_to_be_so(self) -> None:
        days = [RarDays(requirement_id=1, event_id=1, ordered=10, completed=done, booked=0) for done in (4, 5)]
        both = self.line(rar_requirements=tuple(days)).rar_days
        assert both == "4 of 10 days completed; 5 of 10 days completed"
        assert self.line().rar_days == "No active RAR requirement"

    @pytest.mark.parametrize(("number", "words"), [(1, "1 outcome to record"), (12, "12 outcomes to record")])
    def test_outcomes_to_record_are_counted(self, number: int, words: str) -> None:
        assert self.line(appointments_without_outcome=number).to_record == words
        assert self.line(appointments_without_outcome=0).to_record == self.line().to_record == ""

    def test_days_are_at_risk_where_those_of_any_requirement_are(self) -> None:
        days = [
            RarDays(requirement_id=1, event_id=1, ordered=10, completed=0, booked=0, at_risk=risk)
            for risk in (False, None, True)
        ]
        assert self.line(rar_requirements=tuple(days)).at_risk
        assert not self.line(rar_requirements=tuple(days[:2])).at_risk

    def test_somebody_with_one_name_is_called_by_it(self) -> None:
        assert self.line(name=Name(surname="Solo")).name == "Solo"

    def test_a_next_appointment_of_a_type_without_words_has_its_day_and_time(self) -> None:
        visit = AppointmentSummary(contact_id=1, type=CodeDescription(code="ZZ"), start="2026-11-23T14:00:00Z")
        assert self.line(next_appointment=visit).next_appointment == "Monday 23 November 2026 at 2pm"

    def test_limited_access_without_words_of_delius_is_explained_in_ours(self) -> None:
        line = self.line(access=Access(limited=True))
        assert (line.message, line.name, line.rar_days, line.url) == (LIMITED_ACCESS, "", "", "")


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

    @pytest.mark.parametrize("order", ORDERS)
    def test_nobody_is_lost_in_any_order(self, robin: Client, order: str) -> None:
        everybody = crns(robin.get("/").content.decode())
        assert sorted(crns(robin.get("/", {"order": order}).content.decode())) == sorted(everybody)

    def test_people_can_be_sorted_by_crn_and_by_rar_days_left(self, robin: Client) -> None:
        by_crn = crns(robin.get("/", {"order": "crn"}).content.decode())
        assert by_crn.index("X000001") < by_crn.index("X000009") < by_crn.index("X000019")
        fewest = crns(robin.get("/", {"order": "days-left"}).content.decode())
        assert fewest[0] == "X000019"
        assert fewest.index("X000006") < fewest.index("X000009")

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

    def test_those_with_outcomes_to_record_can_be_shown_alone(self, robin: Client) -> None:
        page = robin.get("/", {"show": "outcomes"}).content.decode()
        assert crns(page) == ["X000029"]
        assert "2 outcomes to record" in page
        assert "1 person found" in page

    def test_those_with_rar_days_at_risk_can_be_shown_alone_and_the_rule_is_on_the_page(self, robin: Client) -> None:
        everybody = robin.get("/").content.decode()
        page = robin.get("/", {"show": "at-risk"}).content.decode()
        assert "X000019" in crns(everybody)
        assert "X000019" not in crns(page)
        assert len(crns(page)) == everybody.count("At risk") == page.count("At risk")
        assert "more days are left than the pace of the last 8 weeks would complete" in everybody

    def test_the_cases_of_ones_teams_are_shown_where_they_are_asked_for(
        self, signed_in: Callable[[str], Client]
    ) -> None:
        terry = signed_in("TERRY.TWOTEAMS")
        assert "X000029" not in crns(terry.get("/").content.decode())
        page = terry.get("/", {"whose": "teams", "show": "outcomes"}).content.decode()
        assert crns(page) == ["X000029"]
        assert 'href="/cases/X000029/"' in page

    def test_who_of_ones_team_has_limited_access_is_not_told(self, signed_in: Callable[[str], Client]) -> None:
        page = signed_in("TERRY.TWOTEAMS").get("/", {"whose": "teams"}).content.decode()
        assert "X000001" in crns(page)
        assert "Limited access" not in page
        assert "X000011" not in page

    @pytest.mark.parametrize(
        ("choice", "words"), [("outcomes", "has an outcome to record."), ("at-risk", "has RAR days at risk.")]
    )
    def test_where_nobody_is_left_the_page_says_what_nobody_has(
        self, signed_in: Callable[[str], Client], choice: str, words: str
    ) -> None:
        page = signed_in("TERRY.TWOTEAMS").get("/", {"show": choice}).content.decode()
        if not crns(page):
            assert f"Nobody on your caseload {words}" in page
        assert "Show everybody" in page

    def test_what_is_chosen_stays_chosen_and_no_name_stands_in_the_address(self, robin: Client) -> None:
        chosen = {"whose": "teams", "show": "at-risk", "order": "crn"}
        address = robin.post("/", {"find": "Clara", **chosen})["Location"]
        assert address == "/?found=yes&order=crn&show=at-risk&whose=teams"
        page = robin.get(address).content.decode()
        assert crns(page) == ["X000002"]
        assert page.count(" selected") == 3

    @pytest.mark.parametrize("name", ["show", "whose"])
    def test_a_choice_that_does_not_exist_shows_ones_own_cases(self, robin: Client, name: str) -> None:
        assert len(crns(robin.get("/", {name: "sideways"}).content.decode())) > 1

    def test_the_list_is_one_call_however_it_is_asked_for(self, robin: Client, simulator: Simulator) -> None:
        simulator.clear_requests()
        robin.get("/")
        robin.get("/")
        robin.get("/", {"order": "next-appointment"})
        robin.get("/", {"show": "at-risk", "whose": "teams"})
        looking_for(robin, "brian")
        assert upstream(simulator) == ["getCases"] * 5

    @pytest.mark.parametrize("path", ["/", "/?order=crn", "/?page=2"])
    def test_a_list_that_cannot_be_read_is_not_said_to_be_empty(
        self, robin: Client, simulator: Simulator, path: str
    ) -> None:
        simulator.fault("getCases", "status", status=503, times=None)
        answer = robin.get(path)
        assert answer.status_code == 503
        assert "Delius is not available" in answer.content.decode()

    def test_somebody_without_a_staff_record_is_told_so_on_every_page(self, signed_in: Callable[[str], Client]) -> None:
        nobody = signed_in("NOEL.NOSTAFF")
        for path in ("/", "/cases/X000001/schedule/", "/cases/Z999999/risk-flags/"):
            answer = nobody.get(path)
            assert answer.status_code == 403
            assert "You do not have a staff record in Delius" in answer.content.decode()

    def test_an_appointment_begun_is_gone_on_with_from_the_list(self, robin: Client) -> None:
        answer_up_to(robin, "rar")
        page = robin.get("/").content.decode()
        assert page.count(">Continue<") == 1
        assert reverse("booking:discard", args=["X000001"]) in page

    def test_an_order_that_does_not_exist_shows_everybody(self, robin: Client) -> None:
        assert crns(robin.get("/", {"order": "sideways"}).content.decode())

    def test_somebody_whom_ones_team_manages_is_found_by_their_crn(
        self, signed_in: Callable[[str], Client], simulator: Simulator
    ) -> None:
        terry = signed_in("TERRY.TWOTEAMS")
        assert "X000001" not in crns(terry.get("/").content.decode())
        assert looking_for(terry, "x000001")["Location"] == "/cases/X000001/"

    @pytest.mark.parametrize("crn", ["X000014", "Z999999"])
    def test_not_yours_and_does_not_exist_get_the_same_answer(self, robin: Client, crn: str) -> None:
        answer = looking_for(robin, crn)
        assert errors_in(answer) == [f"You do not have a case with the CRN {crn}. Check it and try again"]
        assert f'value="{crn}"' in answer.content.decode()

    def test_a_name_that_nobody_has_is_answered_with_the_way_on(self, robin: Client) -> None:
        page = looking_for(robin, "nobody at all").content.decode()
        assert "Nobody on your caseload has that name or CRN" in page
        assert "Show everybody" in page

    @pytest.mark.parametrize(("crn", "status"), [("X000011", 403), ("X000014", 404), ("Z999999", 404)])
    def test_limited_access_is_explained_for_ones_own_case_alone(
        self, robin: Client, signed_in: Callable[[str], Client], crn: str, status: int
    ) -> None:
        assert robin.get(f"/cases/{crn}/schedule/").status_code == status
        assert signed_in("TERRY.TWOTEAMS").get(f"/cases/{crn}/schedule/").status_code == 404

    def test_somebody_with_limited_access_shows_the_reason_and_nothing_else(self, robin: Client) -> None:
        page = looking_for(robin, "X000011").content.decode()
        assert "Limited access" in page
        assert "Lou" not in page
        assert not crns(looking_for(robin, "Lou").content.decode())


@pytest.mark.django_db
class TestPages:
    """A caseload of 60, in pages of 50."""

    @pytest.fixture(autouse=True)
    def _crowd(self, robin: Client, simulator: Simulator) -> None:
        simulator.reset(dataset="large_caseload")

    def test_everybody_is_on_one_of_the_pages(self, robin: Client) -> None:
        first, second = (robin.get("/", {"order": "crn", "page": page}).content.decode() for page in (1, 2))
        assert [len(crns(first)), len(crns(second))] == [50, 10]
        assert crns(first) + crns(second) == [f"X1{number:05d}" for number in range(1, 61)]
        assert 'href="/?order=crn&amp;page=2"' in first
        assert "<title>Your cases (page 2 of 2)" in second

    def test_whoever_was_found_is_paged_without_their_name_in_an_address(self, robin: Client) -> None:
        page = looking_for(robin, "sample").content.decode()
        assert "60 people found" in page
        assert 'href="/?found=yes&amp;page=2"' in page
        assert len(crns(robin.get("/?found=yes&page=2").content.decode())) == 10

    @pytest.mark.parametrize("page", ["0", "-1", "x", "3", "1e1", "99999"])
    def test_a_page_that_is_not_there_is_not_found(self, robin: Client, page: str) -> None:
        assert robin.get("/", {"page": page}).status_code == 404
