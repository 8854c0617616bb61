"""What changes rarely (getAppointmentTypes, getOutcomes, getNsiTypes, getOffices)."""

from typing import Any

import pytest

from tests.simulator.delius import Delius, found, refused
from tests.simulator_process import Simulator

TOOLKIT_TYPES = ["NAT1", "TKCAC", "TKCON", "TKDEV", "TKMAP", "TKNEW", "TKSFR", "TKSTE"]


class TestAppointmentTypes:
    @pytest.fixture
    def types(self, nobody: Delius) -> dict[str, dict[str, Any]]:
        listed = found(nobody.get("appointment-types"))["appointmentTypes"]
        assert len({each["code"] for each in listed}) == len(listed)
        return {each["code"]: each for each in listed}

    def test_those_seen_most_are_there(self, types: dict[str, dict[str, Any]]) -> None:
        assert {"COAP", "CHVS", "COVC", "COPT"} <= types.keys()

    def test_a_contact_type_that_is_no_appointment_or_not_made_by_hand_is_left_out(
        self, types: dict[str, dict[str, Any]]
    ) -> None:
        assert not {"CEML", "CMIS", "NREF", "NSIP"} & types.keys()

    def test_an_office_is_required_optional_or_not_allowed(self, types: dict[str, dict[str, Any]]) -> None:
        assert [types[code]["location"] for code in ("COAP", "COOO", "CHVS")] == ["REQUIRED", "OPTIONAL", "NOT_ALLOWED"]

    def test_a_type_is_for_some_legislations(self, types: dict[str, dict[str, Any]]) -> None:
        assert [types[code]["legislations"] for code in ("COAP", "CRAR", "LCRO")] == [
            ["CJA", "LEGACY"],
            ["CJA"],
            ["LEGACY"],
        ]

    def test_the_nsi_types_it_may_hang_from_are_named(self, types: dict[str, dict[str, Any]]) -> None:
        assert types["COAP"]["nsiTypeCodes"] == TOOLKIT_TYPES
        assert types["CGRP"]["nsiTypeCodes"] == []

    def test_a_type_may_hang_from_the_person_only(self, types: dict[str, dict[str, Any]]) -> None:
        assert [code for code, each in types.items() if each["forPersonOnly"]] == ["CPER"]


class TestOutcomes:
    def test_each_has_its_enforcement_actions(self, nobody: Delius) -> None:
        outcomes = {each["code"]: each for each in found(nobody.get("appointment-types/COAP/outcomes"))["outcomes"]}

        assert set(outcomes) == {"ATTC", "AFTC", "AFTA", "AAAA", "AAEM", "AAFC", "AAHO", "AAME", "AASD"}
        assert (outcomes["ATTC"]["attended"], outcomes["ATTC"]["complied"]) == (True, True)
        assert [each["code"] for each in outcomes["AFTA"]["enforcementActions"]] == ["IBR", "ROM", "WLS"]

    def test_an_absence_says_whether_it_is_acceptable(self, nobody: Delius) -> None:
        outcomes = found(nobody.get("appointment-types/COAP/outcomes"))["outcomes"]

        told = {each["code"]: each["acceptableAbsence"] for each in outcomes if "acceptableAbsence" in each}
        assert told == {"AFTA": False, **dict.fromkeys(("AAAA", "AAEM", "AAFC", "AAHO", "AAME", "AASD"), True)}

    def test_some_are_of_one_type_alone(self, nobody: Delius) -> None:
        outcomes = found(nobody.get("appointment-types/CHVS/outcomes"))["outcomes"]

        assert {"UHVN", "AASD"} <= {each["code"] for each in outcomes}
        calls = found(nobody.get("appointment-types/COPT/outcomes"))["outcomes"]
        assert not {"UHVN", "AASD"} & {each["code"] for each in calls}

    @pytest.mark.parametrize("code", ["NOSUCH", "CEML"])
    def test_a_type_that_is_no_appointment_is_not_found(self, nobody: Delius, code: str) -> None:
        assert nobody.get(f"appointment-types/{code}/outcomes").status_code == 404


class TestNsiTypes:
    def test_without_codes_all_that_a_rar_requirement_allows(self, nobody: Delius) -> None:
        assert [each["code"] for each in found(nobody.get("nsi-types"))["nsiTypes"]] == TOOLKIT_TYPES

    def test_those_with_the_codes_and_one_that_is_not_known_is_left_out(self, nobody: Delius) -> None:
        answer = found(nobody.get("nsi-types", code=["UPW1", "NOSUCH", "TKDEV"]))

        assert [each["code"] for each in answer["nsiTypes"]] == ["TKDEV", "UPW1"]

    def test_each_says_what_delius_demands_of_an_nsi(self, nobody: Delius) -> None:
        subs, length, work = found(nobody.get("nsi-types", code=["TKNEW", "TKSFR", "UPW1"]))["nsiTypes"]

        assert [each["code"] for each in subs["subTypes"]] == ["TKNEW1"]
        assert {"INPROG", "COMPL"} <= {each["code"] for each in subs["statuses"]}
        assert (length["lengthUnit"], length["minimumLength"], length["maximumLength"]) == ("Sessions", 1, 20)
        assert "lengthUnit" not in subs
        assert work["providerCodes"] == ["N91"]
        assert "providerCodes" not in length

    def test_flags_are_told_as_they_are(self, nobody: Delius, frozen: Simulator) -> None:
        frozen.change_nsi_type("TKDEV", selectable=False, allowsDuplicates=False)
        [told] = found(nobody.get("nsi-types", code="TKDEV"))["nsiTypes"]

        assert (told["selectable"], told["allowsDuplicates"]) == (False, False)

    def test_more_than_50_codes_are_refused(self, nobody: Delius) -> None:
        assert refused(nobody.get("nsi-types", code=[f"T{number}" for number in range(51)]), "code")


class TestOffices:
    def test_the_open_offices_of_a_team_come_once_each(self, nobody: Delius) -> None:
        offices = found(nobody.get("teams/N90CCC/offices"))["offices"]

        assert [each["code"] for each in offices] == ["N90CAS", "N90CHU"]
        assert offices[0]["streetName"] == "Castle Road"

    def test_offices_of_one_name_are_told_apart_by_their_addresses(self, nobody: Delius) -> None:
        offices = found(nobody.get("teams/N90BBB/offices"))["offices"]

        assert {each["description"] for each in offices} == {"Mill Lane Probation Office"}
        assert len({each["streetName"] for each in offices}) == 3

    def test_a_team_may_have_none(self, nobody: Delius) -> None:
        assert found(nobody.get("teams/N90DDD/offices")) == {"offices": []}

    @pytest.mark.parametrize("code", ["NOSUCH", "N90ZZZ"])
    def test_an_unknown_or_closed_team_is_not_found(self, nobody: Delius, code: str) -> None:
        assert nobody.get(f"teams/{code}/offices").status_code == 404
