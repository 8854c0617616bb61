"""What Delius API accepts, refuses and does when an NSI is created."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.delius import EVENT_REFERRAL, NOW, TODAY, TOMORROW, YESTERDAY, Delius, refused
from tests.simulator_process import Simulator


def test_a_sound_nsi_is_created_and_linked_to_the_requirement(robin: Delius, frozen: Simulator) -> None:
    answer = robin.create_nsi()

    assert answer.status_code == 201
    made = answer.json()
    [kept] = frozen.nsis("X000001")
    assert (made["id"], made["requirementId"], made["eventId"]) == (
        kept["nsiId"],
        robin.requirements("X000001")[0]["requirementId"],
        robin.event_ids("X000001")[0],
    )
    assert kept["active"]
    assert (kept["provider"], kept["team"], kept["staff"]) == ("N90", "N90AAA", "N90A001")


@pytest.mark.parametrize("field", ["offenderCrn", "type", "status", "statusDate", "referralDate", "intendedProvider"])
def test_what_every_nsi_has_is_required(robin: Delius, field: str) -> None:
    assert refused(robin.create_nsi(**{field: None}), f"{field} is required")


@pytest.mark.parametrize("field", ["provider", "team", "staff"])
def test_the_manager_names_provider_team_and_staff(robin: Delius, field: str) -> None:
    manager = {"provider": "N90", "team": "N90AAA", "staff": "N90A001"}
    del manager[field]

    assert refused(robin.create_nsi(manager=manager), f"manager.{field} is required")


def test_an_nsi_without_a_manager_is_refused(robin: Delius) -> None:
    assert refused(robin.create_nsi(manager=None), "manager is required")


@pytest.mark.parametrize("field", ["type", "subType", "status", "outcome"])
def test_reference_codes_have_at_most_20_characters(robin: Delius, field: str) -> None:
    assert refused(robin.create_nsi(**{field: "C" * 21}), f"{field} size must be between 0 and 20")


@pytest.mark.parametrize(
    ("manager", "problem"),
    [
        ({"provider": "N900", "team": "N90AAA", "staff": "N90A001"}, "manager.provider size"),
        ({"provider": "N90", "team": "N90AAAA", "staff": "N90A001"}, "manager.team size"),
        ({"provider": "N90", "team": "N90AAA", "staff": "N90A0011"}, "manager.staff size"),
    ],
)
def test_organisation_codes_have_their_documented_lengths(robin: Delius, manager: dict[str, str], problem: str) -> None:
    assert refused(robin.create_nsi(manager=manager), problem)


@pytest.mark.parametrize("crn", ["X00001", "X0000011", "1000001", "XX00001"])
def test_a_crn_is_one_letter_and_six_digits(robin: Delius, crn: str) -> None:
    assert refused(robin.create_nsi(offenderCrn=crn), "one letter and six digits")


def test_an_unknown_crn_is_not_found(robin: Delius) -> None:
    assert robin.create_nsi(offenderCrn="X999999").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventId", "one"),
        ("requirementId", True),
        ("length", 1.5),
        ("referralDate", "2026-02-30"),
        ("statusDate", "now"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(robin: Delius, field: str, value: Any) -> None:
    assert refused(robin.create_nsi(**{field: value}), field)


def test_notes_of_4000_characters_are_kept(robin: Delius, frozen: Simulator) -> None:
    robin.made_nsi(notes="n" * 4000)

    assert len(frozen.nsis("X000001")[0]["notes"]) == 4000


def test_notes_of_4001_characters_are_refused(robin: Delius) -> None:
    assert refused(robin.create_nsi(notes="n" * 4001), "notes size must be between 0 and 4000")


class TestDates:
    def test_a_referral_may_be_today(self, robin: Delius) -> None:
        assert robin.create_nsi(referralDate=TODAY).status_code == 201

    def test_a_referral_in_the_future_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(referralDate=TOMORROW), "Referral date must not be in the future")

    def test_a_referral_may_be_on_the_day_the_event_was_referred(self, robin: Delius) -> None:
        assert robin.create_nsi(referralDate=EVENT_REFERRAL).status_code == 201

    def test_a_referral_before_the_events_referral_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(referralDate="2025-11-21"), "before the event referral date")

    def test_the_status_date_may_be_now(self, robin: Delius) -> None:
        assert robin.create_nsi(statusDate=NOW).status_code == 201

    def test_a_status_date_in_the_future_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(statusDate=f"{TODAY}T10:00:01+01:00"), "Status date must not be in the future")

    def test_a_status_date_before_the_referral_is_refused(self, robin: Delius) -> None:
        assert refused(
            robin.create_nsi(statusDate=f"{YESTERDAY}T23:59:00+01:00"), "Status date must not be before the referral"
        )

    def test_a_status_date_without_an_offset_is_london_wall_time(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi(statusDate=f"{TODAY}T09:59:59")

        assert frozen.nsis("X000001")[0]["statusDate"] == f"{TODAY}T09:59:59"

    def test_today_is_the_day_in_london(self, frozen: Simulator, acting_for: Callable[[str | None], Delius]) -> None:
        frozen.freeze(f"{TODAY}T23:30:00Z")
        robin = acting_for("ROBIN.SAMPLE")

        assert robin.create_nsi(referralDate=TOMORROW, statusDate=f"{TODAY}T23:30:00Z").status_code == 201

    def test_a_start_may_be_today(self, robin: Delius) -> None:
        assert robin.create_nsi(startDate=TODAY).status_code == 201

    def test_a_start_in_the_future_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(startDate=TOMORROW), "Start date must not be in the future")

    def test_a_start_before_the_referral_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(startDate=YESTERDAY), "Start date must not be before the referral date")

    @pytest.mark.parametrize(
        ("field", "name"), [("expectedStartDate", "Expected start date"), ("expectedEndDate", "Expected end date")]
    )
    def test_an_expected_date_before_the_referral_is_refused(self, robin: Delius, field: str, name: str) -> None:
        assert refused(robin.create_nsi(**{field: YESTERDAY}), f"{name} must not be before the referral date")

    def test_an_expected_end_before_the_expected_start_is_refused(self, robin: Delius) -> None:
        assert refused(
            robin.create_nsi(expectedStartDate=TOMORROW, expectedEndDate=TODAY),
            "Expected end date must not be before the expected start date",
        )

    def test_expected_dates_may_be_in_the_future(self, robin: Delius) -> None:
        assert robin.create_nsi(expectedStartDate=TOMORROW, expectedEndDate=TOMORROW).status_code == 201

    def test_an_end_needs_an_outcome(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(startDate=TODAY, endDate=TODAY), "End date and outcome")

    def test_an_outcome_needs_an_end(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(startDate=TODAY, outcome="COMPL"), "End date and outcome")

    def test_an_end_needs_a_start(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(endDate=TODAY, outcome="COMPL"), "without a start date")

    def test_an_end_before_the_start_is_refused(self, robin: Delius) -> None:
        answer = robin.create_nsi(referralDate=YESTERDAY, startDate=TODAY, endDate=YESTERDAY, outcome="COMPL")

        assert refused(answer, "End date must not be before the start date")

    def test_an_ended_nsi_is_not_active(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi(startDate=TODAY, endDate=TODAY, outcome="COMPL", status="COMPL")

        assert not frozen.nsis("X000001")[0]["active"]


class TestEventAndRequirement:
    def test_a_requirement_needs_an_event(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(eventId=None), "without eventId")

    def test_an_event_of_another_person_is_refused(self, robin: Delius) -> None:
        assert refused(
            robin.create_nsi(eventId=robin.event_ids("X000002")[0], requirementId=None), "does not exist on offender"
        )

    def test_a_requirement_of_another_event_is_refused(self, robin: Delius) -> None:
        other = robin.requirements("X000002")[0]["requirementId"]

        assert refused(robin.create_nsi(requirementId=other), "does not exist on event")

    def test_a_soft_deleted_requirement_is_refused(self, robin: Delius) -> None:
        [deleted] = [item for item in robin.requirements("X000008") if item["softDeleted"]]

        assert refused(robin.create_nsi("X000008", requirementId=deleted["requirementId"]), "does not exist on event")

    def test_the_requirements_category_must_allow_the_nsi_type(self, robin: Delius) -> None:
        assert robin.requirements("X000007")[0]["requirementTypeMainCategory"]["code"] == "W"

        assert refused(robin.create_nsi("X000007"), "not in a category that supports NSIs of type 'TKDEV'")

    def test_a_terminated_requirement_demands_an_end_date(self, robin: Delius) -> None:
        assert refused(self._on_the_terminated_requirement(robin), "is required, as the requirement was terminated")

    def test_a_terminated_requirement_refuses_an_end_before_its_termination(self, robin: Delius) -> None:
        answer = self._on_the_terminated_requirement(robin, endDate="2026-05-10", outcome="COMPL")

        assert refused(answer, "An end date on or after '2026-05-11' is required")

    def test_a_terminated_requirement_accepts_an_end_on_its_termination(self, robin: Delius) -> None:
        answer = self._on_the_terminated_requirement(robin, endDate="2026-05-11", outcome="COMPL")

        assert answer.status_code == 201

    @staticmethod
    def _on_the_terminated_requirement(robin: Delius, **changes: Any) -> Any:
        [terminated] = [item for item in robin.requirements("X000008") if "terminationDate" in item]
        assert terminated["terminationDate"] == "2026-05-11"
        return robin.create_nsi(
            "X000008",
            requirementId=terminated["requirementId"],
            referralDate="2026-05-01",
            startDate="2026-05-01",
            **changes,
        )


class TestReferenceData:
    def test_an_unknown_type_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(type="NOSUCH"), "NSI type with code 'NOSUCH' does not exist")

    def test_the_intended_provider_must_be_one_of_the_types(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(type="UPW1", requirementId=None), "'N90' is not a valid provider of 'UPW1'")

    def test_the_status_must_be_one_of_the_types(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(status="NOSUCH"), "not a valid status of 'TKDEV'")

    def test_the_outcome_must_be_one_of_the_types(self, robin: Delius) -> None:
        answer = robin.create_nsi(startDate=TODAY, endDate=TODAY, outcome="NOSUCH")

        assert refused(answer, "not a valid outcome of 'TKDEV'")

    def test_a_type_with_sub_types_demands_one(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(type="TKNEW"), "requires a sub type")

    def test_a_type_with_sub_types_accepts_its_own(self, robin: Delius) -> None:
        assert robin.create_nsi(type="TKNEW", subType="TKNEW1").status_code == 201

    def test_a_sub_type_of_another_type_is_refused(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(type="TKDEV", subType="TKNEW1"), "not a valid sub type of 'TKDEV'")

    def test_a_length_is_refused_where_the_type_has_no_unit(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(length=5), "does not support a length")

    def test_a_length_is_required_where_the_type_has_a_unit(self, robin: Delius) -> None:
        assert refused(robin.create_nsi(type="TKSFR"), "requires a length in Sessions")

    @pytest.mark.parametrize("length", [0, 21, -1])
    def test_a_length_outside_the_types_limits_is_refused(self, robin: Delius, length: int) -> None:
        assert refused(robin.create_nsi(type="TKSFR", length=length), "between 1 and 20 Sessions")

    @pytest.mark.parametrize("length", [1, 20])
    def test_a_length_at_the_types_limits_is_kept(self, robin: Delius, frozen: Simulator, length: int) -> None:
        robin.made_nsi(type="TKSFR", length=length)

        assert frozen.nsis("X000001")[0]["length"] == length

    def test_the_team_must_belong_to_the_provider(self, robin: Delius) -> None:
        manager = {"provider": "N90", "team": "N91AAA", "staff": "N91A001"}

        assert refused(robin.create_nsi(manager=manager), "Team with code 'N91AAA' does not exist at provider 'N90'")

    def test_a_team_that_is_not_active_is_refused(self, robin: Delius) -> None:
        manager = {"provider": "N90", "team": "N90ZZZ", "staff": "N90A001"}

        assert refused(robin.create_nsi(manager=manager), "Team with code 'N90ZZZ' does not exist")

    def test_the_member_of_staff_must_belong_to_the_team(self, robin: Delius) -> None:
        manager = {"provider": "N90", "team": "N90AAA", "staff": "N90B001"}

        assert refused(robin.create_nsi(manager=manager), "Staff with code 'N90B001' does not exist in team 'N90AAA'")


class TestAuthority:
    def test_the_intended_providers_authority_is_needed(self, robin: Delius) -> None:
        answer = robin.create_nsi(intendedProvider="N91")

        assert answer.status_code == 403
        assert "PROVIDER_N91" in answer.json()["developerMessage"]

    def test_the_managers_provider_authority_is_needed(self, robin: Delius) -> None:
        manager = {"provider": "N91", "team": "N91AAA", "staff": "N91A001"}

        assert robin.create_nsi(manager=manager).status_code == 403

    def test_a_token_that_acts_for_nobody_has_no_providers_authority(
        self, acting_for: Callable[[str | None], Delius]
    ) -> None:
        assert acting_for(None).create_nsi().status_code == 403

    @pytest.mark.parametrize("crn", ["X000011", "X000012"])
    def test_a_record_with_limited_access_takes_no_nsi_from_a_user_kept_from_it(
        self, robin: Delius, acting_for: Callable[[str | None], Delius], frozen: Simulator, crn: str
    ) -> None:
        sound = acting_for(None).nsi(crn)

        assert robin.delius("POST", "nsi", sound).status_code == 403
        assert frozen.nsis(crn) == []


class TestDuplicates:
    def test_nothing_stops_a_second_active_nsi_of_a_type_that_allows_it(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi()
        robin.made_nsi()

        assert len(frozen.nsis("X000001")) == 2

    def test_a_second_active_nsi_of_a_type_that_allows_only_one_is_refused(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        frozen.allow_duplicates("TKDEV", False)
        robin.made_nsi()

        assert refused(robin.create_nsi(), "does not allow active duplicates")
        assert len(frozen.nsis("X000001")) == 1

    def test_a_soft_deleted_nsi_does_not_count_as_a_duplicate(self, robin: Delius, frozen: Simulator) -> None:
        frozen.allow_duplicates("TKDEV", False)

        assert robin.create_nsi("X000004").status_code == 201

    def test_an_ended_nsi_does_not_count_as_a_duplicate(self, robin: Delius, frozen: Simulator) -> None:
        frozen.allow_duplicates("TKMAP", False)

        assert robin.create_nsi("X000005", type="TKMAP").status_code == 201


class TestSystemContacts:
    def test_a_new_nsi_writes_its_referral_and_its_status_to_the_contact_log(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        nsi_id = robin.made_nsi(referralDate=YESTERDAY)

        written = frozen.contacts("X000001")
        assert [(item["type"], item["start"]) for item in written] == [
            ("NREF", f"{YESTERDAY}T00:00"),
            ("NSIP", f"{TODAY}T10:00"),
        ]
        assert {item["nsiId"] for item in written} == {nsi_id}
        assert {item["staff"] for item in written} == {"N90A001"}

    def test_a_started_nsi_writes_that_it_commenced(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi(startDate=TODAY)

        assert [item["type"] for item in frozen.contacts("X000001")] == ["NREF", "NSIP", "NCOM"]

    def test_an_ended_nsi_writes_that_it_was_terminated(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi(startDate=TODAY, endDate=TODAY, outcome="COMPL", status="COMPL")

        assert [item["type"] for item in frozen.contacts("X000001")] == ["NREF", "NSCO", "NCOM", "NTER"]

    def test_system_contacts_are_in_the_contact_log_but_are_no_appointments(self, robin: Delius) -> None:
        robin.made_nsi()

        log = robin.person("X000001", "/contact-summary").json()["content"]
        assert {entry["type"]["code"] for entry in log} == {"NREF", "NSIP"}
        assert robin.person("X000001", "/appointments").json() == []

    def test_a_refused_nsi_writes_nothing(self, robin: Delius, frozen: Simulator) -> None:
        assert refused(robin.create_nsi(length=5), "length")
        assert (frozen.nsis("X000001"), frozen.contacts("X000001")) == ([], [])


class TestExternalReference:
    def test_it_is_kept_but_not_returned_by_a_version_that_ignores_it(self, robin: Delius, frozen: Simulator) -> None:
        answer = robin.create_nsi(externalReference="urn:example:1")

        assert "externalReference" not in answer.json()
        assert frozen.nsis("X000001")[0]["externalReference"] == "urn:example:1"

    def test_a_version_that_knows_it_returns_it_from_both_services(self, robin: Delius, frozen: Simulator) -> None:
        frozen.switch(returnsExternalReference=True)
        answer = robin.create_nsi(externalReference="urn:example:1")

        event_id = answer.json()["eventId"]
        [read] = robin.person("X000001", f"/convictions/{event_id}/nsis", nsiCodes="TKDEV").json()["nsis"]
        assert answer.json()["externalReference"] == read["externalReference"] == "urn:example:1"


def test_unknown_fields_are_ignored(robin: Delius) -> None:
    assert robin.create_nsi(somethingNew="yes").status_code == 201


@pytest.mark.parametrize("body", [[], "text", 1])
def test_a_body_that_is_no_object_is_refused(robin: Delius, body: Any) -> None:
    assert refused(robin.delius("POST", "nsi", body), "JSON parse error")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("", "application/json", 400),
        ("{}", "text/plain", 415),
        ("a=1", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_is_not_json_or_not_called_so_is_refused(
    frozen: Simulator, body: str, content_type: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {frozen.token('ROBIN.SAMPLE')}", "Content-Type": content_type}

    answer = requests.post(f"{frozen.delius_url}/v1/nsi", data=body, headers=headers, timeout=5)

    assert answer.status_code == answer.json()["status"] == status
    assert "JSON parse error" in answer.text or "not supported" in answer.text


def test_errors_carry_a_status_and_messages_for_users_and_developers(robin: Delius) -> None:
    error = robin.create_nsi(length=5).json()

    assert error["status"] == 400
    assert error["userMessage"] == error["developerMessage"] == "NSI type 'TKDEV' does not support a length"


def test_the_author_is_the_user_the_token_acts_for(robin: Delius, frozen: Simulator) -> None:
    robin.made_nsi()

    assert {item["createdBy"] for item in [*frozen.nsis("X000001"), *frozen.contacts("X000001")]} == {"ROBIN.SAMPLE"}
