"""What is told of one person, and to whom (getCase, getRiskFlags)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.delius import BRIAN, EXCLUDED, GITA, INES, JACK, KIM, OMAR, RESTRICTED, Delius, found, refused

READS = ["risk-flags", "nsis", "appointments", "contacts/1", f"appointments/urn:x:{'0' * 8}-0000-0000-0000-{'0' * 12}"]


class TestCase:
    def test_it_has_what_arranging_an_appointment_needs(self, robin: Delius) -> None:
        brian = robin.case(BRIAN)

        assert brian["name"] == {"forename": "Brian", "middleName": "Test", "surname": "Example"}
        assert (brian["dateOfBirth"], brian["gender"]["description"]) == ("1985-03-14", "Male")
        assert brian["mobileNumber"] == "07700 900001"
        assert brian["language"] == {"preferred": "Welsh", "interpreterRequired": False}
        assert brian["disabilities"][0]["adjustments"] == ["Large print documents"]
        assert brian["manager"] == {
            "staffCode": "N90A001",
            "name": {"forename": "Robin", "surname": "Sample"},
            "team": {
                "code": "N90AAA",
                "description": "Harrow End team",
                "provider": {"code": "N90", "description": "Northmoor Probation Region"},
            },
            "unallocated": False,
        }

    def test_circumstances_are_those_that_are_not_over(self, robin: Delius) -> None:
        assert {each["description"] for each in robin.case(BRIAN)["circumstances"]} == {
            "Part-time work",
            "Settled accommodation",
        }

    def test_an_event_has_its_order_and_its_requirements(self, robin: Delius) -> None:
        first, second = robin.case(GITA)["events"]

        assert (first["number"], second["number"]) == ("1", "2")
        assert first["referralDate"] == "2025-11-22"
        assert first["order"]["legislation"] == "CJA"
        assert first["mainOffence"]
        [requirement] = first["requirements"]
        assert requirement["mainCategory"]["code"] == "F"
        assert (requirement["length"], requirement["lengthUnit"]) == (20, "Days")

    def test_an_order_tells_by_which_legislation_it_is(self, robin: Delius) -> None:
        assert robin.event(KIM)["order"]["legislation"] == "LEGACY"

    def test_requirements_that_ended_come_too_and_those_soft_deleted_do_not(self, robin: Delius) -> None:
        [ended] = robin.event(INES)["requirements"]

        assert ended["terminationDate"] == "2026-05-11"

    def test_an_unknown_crn_is_not_found(self, robin: Delius) -> None:
        assert robin.get("cases/X999999", username="ROBIN.SAMPLE").status_code == 404

    def test_an_unknown_user_is_not_found(self, robin: Delius) -> None:
        assert robin.get(f"cases/{BRIAN}", username="NO.SUCH").status_code == 404

    def test_the_user_whose_access_is_told_is_demanded(self, robin: Delius) -> None:
        assert refused(robin.get(f"cases/{BRIAN}"), "username")


class TestRelation:
    @pytest.mark.parametrize(
        ("username", "crn", "relation"),
        [
            ("ROBIN.SAMPLE", BRIAN, "USER"),
            ("REA.READONLY", BRIAN, "TEAM"),
            ("TERRY.TWOTEAMS", BRIAN, "TEAM"),
            ("JO.PLACEHOLDER", BRIAN, "OTHER"),
            ("NOEL.NOSTAFF", BRIAN, "OTHER"),
            ("OSCAR.OUTSIDE", BRIAN, "OTHER"),
            ("robin.sample", BRIAN, "USER"),
            ("JO.PLACEHOLDER", OMAR, "USER"),
        ],
    )
    def test_it_says_whether_the_case_is_the_users_one_of_their_teams_or_neither(
        self, nobody: Delius, username: str, crn: str, relation: str
    ) -> None:
        assert nobody.case(crn, username)["relation"] == relation

    def test_a_case_of_nobodys_team_is_told_all_the_same(self, robin: Delius) -> None:
        assert robin.case(OMAR)["name"]["surname"] == "Otherteam"


class TestLimitedAccess:
    @pytest.mark.parametrize(("crn", "words"), [(RESTRICTED, "restricted"), (EXCLUDED, "excluded")])
    def test_it_is_told_with_access_alone(self, robin: Delius, crn: str, words: str) -> None:
        case = robin.case(crn)

        assert set(case) == {"crn", "access", "relation"}
        assert case["access"]["limited"] is True
        assert words in case["access"]["message"]

    def test_a_record_restricted_to_a_user_is_told_to_them(self, jo: Delius) -> None:
        assert jo.case(RESTRICTED, "JO.PLACEHOLDER")["access"] == {"limited": False}

    def test_a_record_that_excludes_one_user_is_told_to_others(self, jo: Delius) -> None:
        assert jo.case(EXCLUDED, "JO.PLACEHOLDER")["access"] == {"limited": False}

    @pytest.mark.parametrize("path", READS)
    @pytest.mark.parametrize("crn", [RESTRICTED, EXCLUDED])
    def test_every_other_read_refuses_it_with_delius_own_words(self, robin: Delius, crn: str, path: str) -> None:
        answer = robin.get(f"cases/{crn}/{path}")

        assert answer.status_code == 403
        assert answer.json()["message"] == robin.case(crn)["access"]["message"]

    def test_every_write_refuses_it(self, robin: Delius, jo: Delius) -> None:
        nsi, appointment = jo.nsi_body(BRIAN), jo.appointment_body(BRIAN)
        urn = "urn:hmpps:rarbooking:x:00000000-0000-4000-8000-000000000000"
        key = {"Idempotency-Key": "00000000-0000-4000-8000-000000000000"}
        moved = {"start": appointment["start"], "end": appointment["end"], "requestedBy": "PERSON", "reason": "x"}

        answers = [
            robin.put(f"cases/{EXCLUDED}/nsis/{urn}", nsi),
            robin.withdraw_nsi(urn, EXCLUDED),
            robin.put(f"cases/{EXCLUDED}/appointments/{urn}", appointment),
            robin.put(f"cases/{EXCLUDED}/contacts/1/outcome", {"version": 1, "outcomeCode": "ATTC"}, headers=key),
            robin.put(f"cases/{EXCLUDED}/contacts/1/reschedule", {"version": 1, "externalReference": urn, **moved}),
        ]

        assert [answer.status_code for answer in answers] == [403] * 5

    @pytest.mark.parametrize("path", READS)
    def test_an_unknown_crn_is_not_found_by_any_read(self, robin: Delius, path: str) -> None:
        assert robin.get(f"cases/X999999/{path}").status_code == 404


class TestUntidyRecords:
    """Answers are untidy where Delius is."""

    def test_a_person_with_one_name_has_no_forename(self, robin: Delius) -> None:
        assert robin.case("X000020")["name"] == {"surname": "Mononym"}

    def test_a_name_may_have_85_letters(self, robin: Delius) -> None:
        name = robin.case("X000023")["name"]

        assert (len(name["forename"]), len(name["surname"])) == (35, 50)

    def test_a_requirement_may_be_in_weeks_and_has_no_days_ordered_then(self, robin: Delius) -> None:
        [weeks] = robin.event("X000026")["requirements"]

        assert (weeks["length"], weeks["lengthUnit"]) == (12, "Weeks")
        assert "ordered" not in weeks["rar"]
        assert weeks["rar"]["atRisk"] is False

    def test_an_event_may_have_no_order_and_no_requirements(self, robin: Delius) -> None:
        [event] = robin.case("X000027")["events"]

        assert "order" not in event
        assert event["requirements"] == []

    def test_an_nsi_may_have_no_requirement(self, robin: Delius) -> None:
        [nsi] = robin.nsis("X000028")

        assert "requirementId" not in nsi

    def test_two_requirements_may_look_alike(self, robin: Delius) -> None:
        first, second = robin.event("X000024")["requirements"]

        assert {**first, "requirementId": 0, "rar": 0} == {**second, "requirementId": 0, "rar": 0}

    def test_a_person_may_have_no_telephone(self, robin: Delius) -> None:
        assert not {"mobileNumber", "telephoneNumber"} & robin.case(KIM).keys()


class TestRiskFlags:
    def test_they_are_the_active_registrations(self, robin: Delius) -> None:
        flags: list[dict[str, Any]] = found(robin.get(f"cases/{JACK}/risk-flags"))["riskFlags"]

        assert len(flags) == robin.case(JACK)["riskFlagCount"] == 14
        assert "Medium RoH" not in {flag["type"]["description"] for flag in flags}

    def test_their_notes_are_the_first_1500_characters(self, robin: Delius) -> None:
        flags = found(robin.get(f"cases/{JACK}/risk-flags"))["riskFlags"]

        assert max(len(flag.get("notes", "")) for flag in flags) == 1500

    def test_a_person_may_have_none(self, robin: Delius) -> None:
        assert found(robin.get(f"cases/{BRIAN}/risk-flags")) == {"riskFlags": []}

    def test_limited_access_is_decided_for_the_user_of_the_token(
        self, acting_for: Callable[[str | None], Delius]
    ) -> None:
        statuses = [
            acting_for(username).get(f"cases/{RESTRICTED}/risk-flags").status_code
            for username in ("JO.PLACEHOLDER", "ROBIN.SAMPLE", None)
        ]

        assert statuses == [200, 403, 403]
