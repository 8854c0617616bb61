"""Who somebody is in Delius, and whose cases they see (getUser, getCases)."""

import math
from typing import Any

import pytest

from tests.simulator.delius import BRIAN, EXCLUDED, GITA, RESTRICTED, TODAY, Delius, found, refused
from tests.simulator_process import Simulator

SIAN, ASA = "X000021", "X000022"
OTTO = "X000029"


def listed(caller: Delius, username: str = "ROBIN.SAMPLE", /, **query: Any) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = found(caller.get(f"users/{username}/cases", size=100, **query))["cases"]
    return cases


def crns(caller: Delius, username: str = "ROBIN.SAMPLE", /, **query: Any) -> list[str]:
    return [case["crn"] for case in listed(caller, username, **query)]


class TestUser:
    def test_a_user_has_a_staff_record_and_open_teams_the_first_of_which_is_the_default(self, nobody: Delius) -> None:
        user = found(nobody.get("users/TERRY.TWOTEAMS"))

        assert (user["username"], user["enabled"], user["email"]) == (
            "TERRY.TWOTEAMS",
            True,
            "terry.twoteams@example.test",
        )
        assert user["staff"]["code"] == "N90D001"
        assert user["staff"]["name"] == {"forename": "Terry", "surname": "Twoteams"}
        assert [team["code"] for team in user["staff"]["teams"]] == ["N90AAA", "N90DDD"]
        assert user["staff"]["teams"][0]["provider"] == {"code": "N90", "description": "Northmoor Probation Region"}

    def test_staff_is_absent_where_they_have_no_staff_record(self, nobody: Delius) -> None:
        assert "staff" not in found(nobody.get("users/NOEL.NOSTAFF"))

    def test_a_closed_team_is_not_among_the_teams(self, nobody: Delius) -> None:
        assert found(nobody.get("users/OSCAR.OUTSIDE"))["staff"]["teams"] == []

    def test_a_user_is_known_whatever_the_case_of_their_name(self, nobody: Delius) -> None:
        assert found(nobody.get("users/robin.sample"))["username"] == "ROBIN.SAMPLE"

    def test_a_disabled_account_says_so(self, nobody: Delius, frozen: Simulator) -> None:
        frozen.change_account("ROBIN.SAMPLE", active=False)

        assert found(nobody.get("users/ROBIN.SAMPLE"))["enabled"] is False

    @pytest.mark.parametrize("username", ["NO.SUCH", "PENNY.PRISON"])
    def test_who_is_no_user_of_delius_is_not_found(self, nobody: Delius, username: str) -> None:
        assert nobody.get(f"users/{username}").status_code == 404


class TestCaseList:
    def test_a_row_has_rar_days_and_the_next_appointment(self, robin: Delius) -> None:
        [clara] = listed(robin, search="X000002")

        assert (clara["name"], clara["dateOfBirth"]) == ({"forename": "Clara", "surname": "Fixture"}, "1990-11-02")
        assert clara["access"] == {"limited": False}
        [rar] = clara["rarRequirements"]
        assert (rar["ordered"], rar["completed"], rar["booked"]) == (25, 1, 1)
        assert clara["nextAppointment"]["type"]["code"] == "COAP"
        assert clara["nextAppointment"]["start"] == "2026-06-24T14:00:00+01:00"
        assert clara["appointmentsWithoutOutcome"] == 0

    def test_rar_requirements_are_those_in_force(self, robin: Delius) -> None:
        assert listed(robin, search="X000008")[0]["rarRequirements"] == []
        assert len(listed(robin, search=GITA)[0]["rarRequirements"]) == 2

    def test_past_appointments_without_an_outcome_are_counted(self, robin: Delius) -> None:
        assert listed(robin, search=OTTO)[0]["appointmentsWithoutOutcome"] == 2

    def test_the_cases_of_the_user_are_those_they_manage_themselves(self, robin: Delius) -> None:
        assert crns(robin, "TERRY.TWOTEAMS") == ["X000016"]

    def test_the_cases_of_their_teams_are_those_of_everybody_in_their_open_teams(self, robin: Delius) -> None:
        assert set(crns(robin, "TERRY.TWOTEAMS", scope="TEAMS")) == {*crns(robin), "X000016"}
        assert crns(robin, "OSCAR.OUTSIDE", scope="TEAMS") == []

    @pytest.mark.parametrize("username", ["NO.SUCH", "NOEL.NOSTAFF", "PENNY.PRISON"])
    def test_who_has_no_staff_record_has_no_case_list(self, robin: Delius, username: str) -> None:
        assert robin.get(f"users/{username}/cases").status_code == 404

    def test_a_limited_case_comes_with_its_crn_and_the_reason_alone(self, robin: Delius) -> None:
        limited = {case["crn"]: case for case in listed(robin) if case["access"]["limited"]}

        assert set(limited) == {RESTRICTED, EXCLUDED}
        assert all(set(case) == {"crn", "access"} for case in limited.values())
        assert "excluded" in limited[EXCLUDED]["access"]["message"]

    def test_a_limited_case_is_found_by_its_crn_alone(self, robin: Delius) -> None:
        assert crns(robin, search=RESTRICTED) == [RESTRICTED]
        assert crns(robin, search="Restricted") == []


class TestSearch:
    @pytest.mark.parametrize(
        "search",
        [
            "Example, Brian",
            "Brian Example",
            "brian",
            "EXAMPLE",
            "test example",
            "exam bri",
            BRIAN.lower(),
            " x000 001 ",
        ],
    )
    def test_a_name_is_found_in_any_order_and_case_and_a_crn_whatever_its_case_and_spaces(
        self, robin: Delius, search: str
    ) -> None:
        assert crns(robin, search=search) == [BRIAN]

    @pytest.mark.parametrize("search", ["Siân", "Sia\u0302n", "sian", "O’Invent", "o'invent", "OInvent", "Shan"])
    def test_a_name_is_found_whatever_its_accents_and_apostrophes_and_by_the_preferred_name(
        self, robin: Delius, search: str
    ) -> None:
        assert crns(robin, search=search) == [SIAN]

    @pytest.mark.parametrize("search", ["Åberg", "A\u030aberg", "aberg", "asa"])
    def test_a_letter_with_a_ring_is_found_by_the_letter(self, robin: Delius, search: str) -> None:
        assert crns(robin, search=search) == [ASA]

    def test_what_nobody_is_called_is_an_empty_page(self, robin: Delius) -> None:
        answer = found(robin.get("users/ROBIN.SAMPLE/cases", search="Nobody"))

        assert answer == {"cases": [], "page": 0, "totalPages": 0, "totalElements": 0}


class TestOrder:
    def test_names_are_sorted_by_surname_as_people_expect_and_limited_cases_come_last(self, robin: Delius) -> None:
        names = [case["name"]["surname"] for case in listed(robin) if "name" in case]

        assert names[:3] == ["Åberg", "Duplicate", "Ended"]
        assert names.index("O’Invent") == names.index("Outcomedue") - 1
        assert crns(robin)[-2:] == [RESTRICTED, EXCLUDED]

    def test_cases_are_sorted_by_crn(self, robin: Delius) -> None:
        open_cases = [case["crn"] for case in listed(robin, sort="CRN") if not case["access"]["limited"]]

        assert open_cases == sorted(open_cases)

    def test_cases_are_sorted_by_the_next_appointment_and_those_without_one_come_after(self, robin: Delius) -> None:
        starts = [case.get("nextAppointment", {}).get("start", "~") for case in listed(robin, sort="NEXT_APPOINTMENT")]

        assert starts == sorted(starts)
        assert starts[0] == "2026-06-17T13:00:00+01:00"

    def test_cases_are_sorted_by_the_rar_days_left_fewest_first_and_those_without_any_ordered_come_after(
        self, robin: Delius
    ) -> None:
        def left(case: dict[str, Any]) -> float:
            days = [each for each in case["rarRequirements"] if "ordered" in each]
            return sum(each["ordered"] - each["completed"] - each["booked"] for each in days) if days else math.inf

        known = [left(case) for case in listed(robin, sort="RAR_DAYS_LEFT") if "rarRequirements" in case]
        assert known == sorted(known)
        assert math.inf in known

    @pytest.mark.parametrize("sort", ["NAME", "CRN", "NEXT_APPOINTMENT", "RAR_DAYS_LEFT"])
    def test_pages_hold_each_case_once_in_the_order_of_the_whole_list(self, robin: Delius, sort: str) -> None:
        pages = [found(robin.get("users/ROBIN.SAMPLE/cases", sort=sort, size=7, page=page)) for page in range(4)]

        assert [case["crn"] for page in pages for case in page["cases"]] == crns(robin, sort=sort)
        total = len(crns(robin))
        assert {(page["totalElements"], page["totalPages"]) for page in pages} == {(total, -(-total // 7))}

    def test_a_page_has_50_cases_unless_another_size_is_asked_for(self, frozen: Simulator, robin: Delius) -> None:
        frozen.reset(dataset="large_caseload", now=f"{TODAY}T10:00:00+01:00")

        assert len(found(robin.get("users/ROBIN.SAMPLE/cases"))["cases"]) == min(50, len(crns(robin)))

    @pytest.mark.parametrize(
        ("field", "value"),
        [("page", -1), ("size", 0), ("size", 101), ("sort", "AGE"), ("scope", "ALL"), ("search", ""), ("only", "X")],
    )
    def test_a_query_that_is_not_understood_is_refused(self, robin: Delius, field: str, value: Any) -> None:
        assert refused(robin.get("users/ROBIN.SAMPLE/cases", **{field: value}), field)


class TestOnly:
    def test_those_alone_with_past_appointments_without_an_outcome(self, robin: Delius) -> None:
        assert crns(robin, only="OUTCOMES_TO_RECORD") == [OTTO]

    def test_those_alone_with_rar_days_at_risk(self, robin: Delius) -> None:
        at_risk = {
            case["crn"] for case in listed(robin) if any(each["atRisk"] for each in case.get("rarRequirements", []))
        }

        assert at_risk
        assert set(crns(robin, only="RAR_DAYS_AT_RISK")) == at_risk

    def test_a_limited_case_is_in_no_such_list(self, robin: Delius) -> None:
        assert not {RESTRICTED, EXCLUDED} & set(crns(robin, only="RAR_DAYS_AT_RISK"))
