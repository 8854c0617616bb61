"""What Community API answers."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.delius import TODAY, TOMORROW, YESTERDAY, Delius, refused
from tests.simulator_process import Simulator

PERSON_PATHS = [
    "",
    "/all",
    "/convictions",
    "/convictions/1/requirements",
    "/convictions/1/nsis?nsiCodes=NAT1",
    "/convictions/1/nsis/1",
    "/appointments",
    "/appointments/1",
    "/contact-summary",
    "/registrations",
    "/personalCircumstances",
]


class TestAccess:
    @pytest.mark.parametrize("path", [*PERSON_PATHS, "/user/ROBIN.SAMPLE/userAccess"])
    def test_an_unknown_crn_is_not_found(self, robin: Delius, path: str) -> None:
        answer = robin.person("X999999", path)

        assert answer.status_code == 404
        assert answer.json()["status"] == 404

    @pytest.mark.parametrize("crn", ["X000011", "X000012"])
    @pytest.mark.parametrize("path", PERSON_PATHS)
    def test_a_user_kept_from_a_record_may_read_nothing_of_it(self, robin: Delius, crn: str, path: str) -> None:
        assert robin.person(crn, path).status_code == 403

    @pytest.mark.parametrize(("crn", "username"), [("X000011", "JO.PLACEHOLDER"), ("X000012", "JO.PLACEHOLDER")])
    def test_a_user_who_may_see_a_limited_record_reads_it(
        self, acting_for: Callable[[str | None], Delius], crn: str, username: str
    ) -> None:
        assert acting_for(username).person(crn, "/all").status_code == 200

    def test_a_token_that_acts_for_nobody_reads_limited_records(
        self, acting_for: Callable[[str | None], Delius]
    ) -> None:
        assert acting_for(None).person("X000011", "/all").status_code == 200

    def test_a_restricted_record_says_so_with_its_own_message(self, robin: Delius) -> None:
        answer = robin.person("X000011", "/user/ROBIN.SAMPLE/userAccess")

        assert answer.status_code == 403
        assert (answer.json()["userRestricted"], answer.json()["userExcluded"]) == (True, False)
        assert answer.json()["restrictionMessage"].startswith("This is a restricted record.")
        assert "exclusionMessage" not in answer.json()

    def test_an_excluded_user_is_told_so_with_the_records_own_message(self, robin: Delius) -> None:
        answer = robin.person("X000012", "/user/ROBIN.SAMPLE/userAccess")

        assert answer.status_code == 403
        assert (answer.json()["userRestricted"], answer.json()["userExcluded"]) == (False, True)
        assert answer.json()["exclusionMessage"].startswith("You are excluded")

    def test_a_record_without_limits_is_open(self, robin: Delius) -> None:
        answer = robin.person("X000001", "/user/robin.sample/userAccess")

        assert answer.status_code == 200
        assert answer.json() == {"userRestricted": False, "userExcluded": False}

    @pytest.mark.parametrize("username", ["NO.SUCH", "PENNY.PRISON"])
    def test_access_of_somebody_who_is_no_delius_user_is_not_found(self, robin: Delius, username: str) -> None:
        assert robin.person("X000001", f"/user/{username}/userAccess").status_code == 404


class TestStaff:
    def test_a_username_gives_the_staff_record(self, robin: Delius) -> None:
        found = robin.community("staff/username/terry.twoteams").json()

        assert (found["staffCode"], found["staffIdentifier"]) == ("N90D001", 9004)
        assert found["probationArea"]["code"] == "N90"
        assert [team["code"] for team in found["teams"]] == ["N90AAA", "N90DDD"]

    @pytest.mark.parametrize("username", ["NOEL.NOSTAFF", "PENNY.PRISON", "NO.SUCH"])
    def test_a_username_without_a_staff_record_is_not_found(self, robin: Delius, username: str) -> None:
        assert robin.community(f"staff/username/{username}").status_code == 404
        assert robin.community(f"staff/username/{username}/manage-supervisions-eligible-offenders").status_code == 404

    def test_the_eligible_list_has_names_and_only_people_with_one_sentence_and_an_active_rar(
        self, robin: Delius
    ) -> None:
        listed = self._eligible(robin, size=100)["content"]

        assert {entry["crn"] for entry in listed} == {
            "X000001",
            "X000002",
            "X000003",
            "X000004",
            "X000005",
            "X000009",
            "X000011",
            "X000012",
            "X000013",
            "X000017",
            "X000019",
        }
        assert {"crn": "X000001", "firstName": "Brian", "surname": "Example"} in listed

    @pytest.mark.parametrize(("number", "size"), [("page", "size"), ("pageNumber", "pageSize")])
    def test_the_eligible_list_comes_in_pages_either_way(self, robin: Delius, number: str, size: str) -> None:
        pages = [self._eligible(robin, **{number: page, size: 4}) for page in range(4)]

        assert [page["numberOfElements"] for page in pages] == [4, 4, 3, 0]
        assert [(page["first"], page["last"]) for page in pages] == [
            (True, False),
            (False, False),
            (False, True),
            (False, True),
        ]
        assert {(page["totalElements"], page["totalPages"], page["size"]) for page in pages} == {(11, 3, 4)}
        assert len({entry["crn"] for page in pages for entry in page["content"]}) == 11

    def test_a_page_has_20_people_unless_asked_otherwise(self, robin: Delius) -> None:
        assert self._eligible(robin)["size"] == 20

    @pytest.mark.parametrize("query", [{"size": 0}, {"page": "one"}, {"page": -1}])
    def test_a_page_that_cannot_be_is_refused(self, robin: Delius, query: dict[str, Any]) -> None:
        path = "staff/username/ROBIN.SAMPLE/manage-supervisions-eligible-offenders"

        assert robin.community(path, params=query).status_code == 400

    def test_managed_people_have_a_crn_and_a_surname_only(self, robin: Delius) -> None:
        managed = robin.community("staff/staffIdentifier/9001/managedOffenders", params={"current": "true"}).json()

        assert len(managed) == 15
        assert {"X000006", "X000007", "X000008", "X000010"} <= {entry["crnNumber"] for entry in managed}
        assert {entry["currentOm"] for entry in managed} == {True}
        assert not any("firstName" in entry for entry in managed)

    def test_people_managed_in_the_past_are_listed_unless_only_current_ones_are_asked_for(self, robin: Delius) -> None:
        path = "staff/staffIdentifier/9002/managedOffenders"

        current = {entry["crnNumber"] for entry in robin.community(path, params={"current": "true"}).json()}
        ever = {entry["crnNumber"] for entry in robin.community(path).json()}

        assert ever - current == {"X000001"}

    def test_an_unknown_staff_identifier_is_not_found(self, robin: Delius) -> None:
        assert robin.community("staff/staffIdentifier/1/managedOffenders").status_code == 404

    @staticmethod
    def _eligible(caller: Delius, **query: int) -> dict[str, Any]:
        path = "staff/username/ROBIN.SAMPLE/manage-supervisions-eligible-offenders"
        page: dict[str, Any] = caller.community(path, params=query).json()
        return page


class TestPerson:
    def test_the_full_record_has_managers_past_present_and_soft_deleted(self, robin: Delius) -> None:
        managers = robin.person("X000001", "/all").json()["offenderManagers"]

        assert [(item["active"], item["softDeleted"], item["staff"]["code"]) for item in managers] == [
            (True, False, "N90A001"),
            (False, False, "N90B001"),
            (False, True, "N90B001"),
        ]

    def test_a_managers_provider_may_have_no_code(self, robin: Delius) -> None:
        [manager] = robin.person("X000017", "/all").json()["offenderManagers"]

        assert "code" not in manager["probationArea"]
        assert manager["probationArea"]["description"]

    def test_the_short_record_has_no_managers_and_no_addresses(self, robin: Delius) -> None:
        short = robin.person("X000001").json()

        assert "offenderManagers" not in short
        assert "addresses" not in short["contactDetails"]
        assert short["contactDetails"]["phoneNumbers"] == [{"number": "07700 900001", "type": "MOBILE"}]

    def test_a_person_may_have_no_phone_number(self, robin: Delius) -> None:
        assert "phoneNumbers" not in robin.person("X000010", "/all").json()["contactDetails"]

    def test_fields_without_a_value_are_left_out(self, robin: Delius) -> None:
        def nulls(value: Any) -> bool:
            if isinstance(value, dict):
                return any(nulls(item) for item in value.values())
            if isinstance(value, list):
                return any(nulls(item) for item in value)
            return value is None

        assert not any(nulls(robin.person(f"X0000{number:02}", "/all").json()) for number in range(1, 11))


class TestEvents:
    def test_events_say_when_they_were_referred_and_which_orders_they_are(self, robin: Delius) -> None:
        [cja] = robin.person("X000001", "/convictions", activeOnly="true").json()
        [legacy] = robin.person("X000010", "/convictions", activeOnly="true").json()

        assert cja["referralDate"] == "2025-11-22"
        assert (cja["sentence"]["cja2003Order"], cja["sentence"]["legacyOrder"]) == (True, False)
        assert (legacy["sentence"]["cja2003Order"], legacy["sentence"]["legacyOrder"]) == (False, True)

    def test_a_soft_deleted_requirement_is_among_the_active_ones(self, robin: Delius) -> None:
        event_id = robin.event_ids("X000008")[0]
        path = f"/convictions/{event_id}/requirements"

        active = robin.person("X000008", path, activeOnly="true").json()["requirements"]
        every = robin.person("X000008", path).json()["requirements"]

        assert [item["softDeleted"] for item in active] == [True]
        assert [item.get("terminationDate") for item in every] == ["2026-05-11", None]

    def test_a_rar_requirement_has_its_days_ordered_and_completed(self, robin: Delius) -> None:
        [rar] = robin.requirements("X000001")

        assert rar["requirementTypeMainCategory"]["code"] == "F"
        assert (rar["length"], rar["lengthUnit"], rar["rarCount"]) == (20, "Days", 2)

    def test_an_event_of_another_person_is_not_found(self, robin: Delius) -> None:
        other = robin.event_ids("X000002")[0]

        assert robin.person("X000001", f"/convictions/{other}/requirements").status_code == 404
        assert robin.person("X000001", f"/convictions/{other}/nsis", nsiCodes="NAT1").status_code == 404

    @pytest.mark.parametrize("text", ["one", "1.5", "-1", "9" * 20])
    def test_an_id_that_is_no_number_is_refused(self, robin: Delius, text: str) -> None:
        assert robin.person("X000001", f"/convictions/{text}/requirements").status_code == 400


class TestNsis:
    def test_soft_deleted_nsis_are_among_the_answers(self, robin: Delius) -> None:
        [found] = self._nsis(robin, "X000004", "TKDEV")

        assert (found["softDeleted"], found["active"]) == (True, True)

    def test_ended_nsis_are_among_the_answers(self, robin: Delius) -> None:
        [found] = self._nsis(robin, "X000005", "TKMAP")

        assert (found["active"], found["nsiOutcome"]["code"]) == (False, "COMPL")
        assert found["actualEndDate"]

    def test_nsis_of_other_requirements_and_of_none_are_among_the_answers(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        frozen.add_nsi("X000001", "TKDEV", requirementId=None)
        frozen.add_nsi("X000001", "TKDEV")

        found = self._nsis(robin, "X000001", "TKDEV")

        assert [("requirement" in item) for item in found] == [False, True]

    def test_only_nsis_of_the_types_asked_for_are_answered(self, robin: Delius) -> None:
        assert self._nsis(robin, "X000002", "TKDEV", "NAT1") == []
        assert len(self._nsis(robin, "X000002", "TKDEV", "TKCAC")) == 1
        assert len(self._nsis(robin, "X000002", "TKDEV,TKCAC")) == 1

    def test_types_must_be_asked_for(self, robin: Delius) -> None:
        event_id = robin.event_ids("X000002")[0]

        assert refused(robin.person("X000002", f"/convictions/{event_id}/nsis"), "nsiCodes")

    def test_an_nsi_of_another_event_is_not_found(self, robin: Delius, frozen: Simulator) -> None:
        other = frozen.nsis("X000002")[0]["nsiId"]
        event_id = robin.event_ids("X000001")[0]

        assert robin.person("X000001", f"/convictions/{event_id}/nsis/{other}").status_code == 404

    def test_one_nsi_is_answered_as_it_is_in_the_list(self, robin: Delius) -> None:
        event_id = robin.event_ids("X000002")[0]
        [listed] = self._nsis(robin, "X000002", "TKCAC")

        assert robin.person("X000002", f"/convictions/{event_id}/nsis/{listed['nsiId']}").json() == listed

    @staticmethod
    def _nsis(caller: Delius, crn: str, *codes: str) -> list[dict[str, Any]]:
        event_id = caller.event_ids(crn)[0]
        found: list[dict[str, Any]] = caller.person(crn, f"/convictions/{event_id}/nsis", nsiCodes=codes).json()["nsis"]
        return found


class TestReferenceData:
    def test_appointment_types_are_those_a_person_attends(self, robin: Delius) -> None:
        types = {item["contactType"]: item for item in robin.community("appointment-types").json()}

        assert len(types) >= 24
        assert not {"CEML", "NREF"} & set(types)
        assert {types[code]["requiresLocation"] for code in ("COAP", "CHVS", "COVC", "COPT")} == {
            "REQUIRED",
            "NOT_REQUIRED",
        }

    def test_every_location_rule_and_every_combination_of_orders_is_among_them(self, robin: Delius) -> None:
        types = robin.community("appointment-types").json()

        assert {item["requiresLocation"] for item in types} == {"REQUIRED", "OPTIONAL", "NOT_REQUIRED"}
        assert {tuple(item["orderTypes"]) for item in types} == {("CJA", "LEGACY"), ("CJA",), ("LEGACY",)}

    @pytest.mark.parametrize(
        ("team", "offices"),
        [
            ("N90AAA", ["N90HAR", "N90WHF", "N90LIB", "N90HAR"]),
            ("N90BBB", ["N90MIL"]),
            ("N90CCC", ["N90CAS", "N90CHU"]),
            ("N90DDD", []),
        ],
    )
    def test_a_team_has_none_one_or_many_offices_and_one_may_come_twice(
        self, robin: Delius, team: str, offices: list[str]
    ) -> None:
        answer = robin.community(f"teams/{team}/office-locations")

        assert [item["code"] for item in answer.json()] == offices

    @pytest.mark.parametrize("team", ["NOSUCH", "N90ZZZ"])
    def test_a_team_that_is_unknown_or_not_active_is_not_found(self, robin: Delius, team: str) -> None:
        assert robin.community(f"teams/{team}/office-locations").status_code == 404


class TestAppointments:
    def test_they_come_earliest_first_with_offsets(self, robin: Delius) -> None:
        found = robin.person("X000002", "/appointments").json()

        assert [item["appointmentStart"] for item in found] == [
            "2026-05-20T10:00:00+01:00",
            "2026-06-24T14:00:00+01:00",
        ]
        assert found[0]["requirement"]["isRar"]

    def test_times_come_without_offsets_when_the_switch_says_so(self, robin: Delius, frozen: Simulator) -> None:
        frozen.switch(naiveTimes=True)

        found = robin.person("X000002", "/appointments").json()

        assert [item["appointmentStart"] for item in found] == ["2026-05-20T10:00:00", "2026-06-24T14:00:00"]

    def test_winter_times_have_the_winter_offset(self, robin: Delius, frozen: Simulator) -> None:
        frozen.add_contact("X000001", start="2026-12-01T10:00", end="2026-12-01T11:00")

        [found] = robin.person("X000001", "/appointments").json()
        assert found["appointmentStart"] == "2026-12-01T10:00:00+00:00"

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"from": "2026-05-20", "to": "2026-05-20"}, 1),
            ({"from": TODAY}, 1),
            ({"to": YESTERDAY}, 1),
            ({"from": TODAY, "to": TOMORROW}, 0),
            ({"attended": "ATTENDED"}, 1),
            ({"attended": "NOT_RECORDED"}, 1),
            ({"attended": "UNATTENDED"}, 0),
        ],
    )
    def test_they_can_be_asked_for_by_dates_and_attendance(
        self, robin: Delius, query: dict[str, str], count: int
    ) -> None:
        assert len(robin.person("X000002", "/appointments", **query).json()) == count

    @pytest.mark.parametrize("query", [{"from": "10/06/2026"}, {"to": "2026-06-31"}, {"attended": "MAYBE"}])
    def test_what_cannot_be_read_is_refused(self, robin: Delius, query: dict[str, str]) -> None:
        assert robin.person("X000002", "/appointments", **query).status_code == 400

    def test_an_appointment_of_another_person_is_not_found(self, robin: Delius, frozen: Simulator) -> None:
        other = frozen.contacts("X000002")[0]["contactId"]

        assert robin.person("X000001", f"/appointments/{other}").status_code == 404
        assert robin.person("X000002", f"/appointments/{other}").json()["appointmentId"] == other


class TestContactLog:
    def test_old_rar_categories_are_shown_as_type_and_subtype(self, robin: Delius) -> None:
        log = robin.person("X000009", "/contact-summary", appointmentsOnly="true").json()["content"]

        details = [entry["rarActivityDetail"] for entry in log]
        assert len(details) == 3
        assert all("nsiId" not in detail and detail["requirementId"] for detail in details)
        assert details[0]["type"] == {"code": "DRU", "description": "Drugs and alcohol"}
        assert details[0]["subtype"]["description"] == "Staying away from alcohol"

    def test_a_toolkit_session_shows_the_nsi_and_its_type(self, robin: Delius, frozen: Simulator) -> None:
        log = robin.person("X000002", "/contact-summary").json()["content"]

        detail = log[0]["rarActivityDetail"]
        assert detail["nsiId"] == frozen.nsis("X000002")[0]["nsiId"]
        assert detail["type"] == {"code": "TKCAC", "description": "Choices and Changes Toolkit"}
        assert detail["requirementId"] == robin.requirements("X000002")[0]["requirementId"]

    def test_a_sub_type_of_the_nsi_is_shown_as_the_subtype(self, robin: Delius) -> None:
        nsi_id = robin.made_nsi(type="TKNEW", subType="TKNEW1")
        robin.booked(nsiId=nsi_id, rarActivity=True)

        log = robin.person("X000001", "/contact-summary", appointmentsOnly="true").json()["content"]
        assert log[0]["rarActivityDetail"]["subtype"] == {"code": "TKNEW1", "description": "New Me MOT"}

    def test_it_comes_latest_first_in_pages_of_1000_unless_asked_otherwise(self, robin: Delius) -> None:
        whole = robin.person("X000003", "/contact-summary").json()
        first = robin.person("X000003", "/contact-summary", page=0, pageSize=3).json()
        second = robin.person("X000003", "/contact-summary", page=1, pageSize=3).json()

        assert whole["size"] == 1000
        assert whole["content"] == first["content"] + second["content"]
        starts = [entry["contactStart"] for entry in whole["content"]]
        assert starts == sorted(starts, reverse=True)

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"contactTypes": "COAP"}, 2),
            ({"contactTypes": "CHVS"}, 0),
            ({"rarActivity": "true"}, 2),
            ({"rarActivity": "false"}, 0),
            ({"outcome": "false"}, 1),
            ({"attended": "true"}, 1),
            ({"complied": "false"}, 0),
            ({"nationalStandard": "true"}, 2),
            ({"contactDateFrom": TODAY}, 1),
            ({"contactDateTo": TODAY}, 1),
            ({"convictionId": "1"}, 0),
        ],
    )
    def test_it_can_be_filtered(self, robin: Delius, query: dict[str, str], count: int) -> None:
        assert robin.person("X000002", "/contact-summary", **query).json()["totalElements"] == count

    def test_a_filter_the_simulator_does_not_know_is_refused_rather_than_ignored(self, robin: Delius) -> None:
        assert refused(robin.person("X000002", "/contact-summary", include="appointments"), "include")


class TestRiskFlagsAndCircumstances:
    @pytest.mark.parametrize(("crn", "active", "ever"), [("X000001", 0, 0), ("X000013", 5, 6), ("X000009", 14, 15)])
    def test_a_person_has_no_five_or_fourteen_active_risk_flags(
        self, robin: Delius, crn: str, active: int, ever: int
    ) -> None:
        current = robin.person(crn, "/registrations", activeOnly="true").json()["registrations"]
        whole = robin.person(crn, "/registrations").json()["registrations"]

        assert (len(current), len(whole)) == (active, ever)

    def test_employment_is_among_the_circumstances(self, robin: Delius) -> None:
        found = robin.person("X000001", "/personalCircumstances").json()["personalCircumstances"]

        employment = [item for item in found if item["personalCircumstanceType"]["code"] == "B"]
        assert [item.get("endDate") for item in employment] == [None, "2026-02-09"]

    def test_a_person_may_have_no_circumstances(self, robin: Delius) -> None:
        assert robin.person("X000002", "/personalCircumstances").json() == {"personalCircumstances": []}


def test_an_unknown_path_is_not_found_as_json(robin: Delius) -> None:
    answer = robin.community("nothing/here")

    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert robin.delius("POST", "nothing").json()["userMessage"]


def test_a_true_or_false_that_is_neither_is_refused(robin: Delius) -> None:
    assert refused(robin.person("X000001", "/convictions", activeOnly="maybe"), "activeOnly 'maybe' is not a boolean")
