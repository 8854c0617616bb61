"""What is accepted, refused and done when an appointment is created through Community API."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.simulator.delius import TODAY, TOMORROW, YESTERDAY, Delius, refused
from tests.simulator_process import Simulator

LEGACY_PERSON = "X000010"


def test_a_sound_appointment_is_created_on_the_event(robin: Delius, frozen: Simulator) -> None:
    answer = robin.book(sensitive=True)

    assert answer.status_code == 201
    assert answer.json() == {
        "appointmentId": frozen.contacts("X000001")[0]["contactId"],
        "appointmentStart": f"{TOMORROW}T10:00:00+01:00",
        "appointmentEnd": f"{TOMORROW}T11:00:00+01:00",
        "type": "COAP",
        "typeDescription": "Planned Office Visit (NS)",
        "sensitive": True,
    }
    [kept] = frozen.contacts("X000001")
    assert (kept["eventId"], kept["nsiId"], kept["requirementId"]) == (robin.event_ids("X000001")[0], None, None)
    assert (kept["officeLocationCode"], kept["sensitive"], kept["createdBy"]) == ("N90HAR", True, "ROBIN.SAMPLE")


@pytest.mark.parametrize(
    "field",
    [
        "contactType",
        "appointmentStart",
        "appointmentEnd",
        "officeLocationCode",
        "notes",
        "providerCode",
        "teamCode",
        "staffCode",
    ],
)
def test_what_the_document_requires_is_required(robin: Delius, field: str) -> None:
    assert refused(robin.book(**{field: None}), f"{field} is required")


def test_empty_notes_and_an_empty_office_mean_none(robin: Delius, frozen: Simulator) -> None:
    robin.booked(contactType="CHVS", notes="", officeLocationCode="")

    [kept] = frozen.contacts("X000001")
    assert (kept["notes"], kept["officeLocationCode"]) == (None, None)


@pytest.mark.parametrize(
    ("field", "longest"),
    [("contactType", 10), ("officeLocationCode", 7), ("staffCode", 7), ("teamCode", 6), ("providerCode", 3)],
)
def test_codes_have_their_documented_lengths(robin: Delius, field: str, longest: int) -> None:
    problem = f"{field} size must be between 0 and {longest}"

    assert refused(robin.book(**{field: "C" * (longest + 1)}), problem)
    assert problem not in robin.book(**{field: "C" * longest}).text


def test_notes_of_4000_characters_are_kept(robin: Delius, frozen: Simulator) -> None:
    robin.booked(notes="n" * 4000)

    assert len(frozen.contacts("X000001")[0]["notes"]) == 4000


def test_notes_of_4001_characters_are_refused(robin: Delius) -> None:
    assert refused(robin.book(notes="n" * 4001), "notes size must be between 0 and 4000")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sensitive", "yes"),
        ("rarActivity", 1),
        ("nsiId", "1"),
        ("requirementId", 1.5),
        ("notes", 7),
        ("teamCode", " "),
        ("notes", "\ud800"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(robin: Delius, field: str, value: Any) -> None:
    assert refused(robin.book(**{field: value}), field)


def test_an_unknown_crn_is_not_found(robin: Delius) -> None:
    assert robin.book("X999999", 1).status_code == 404


def test_a_crn_is_one_letter_and_six_digits(robin: Delius) -> None:
    assert refused(robin.book("X1", 1), "one letter and six digits")


def test_an_event_of_another_person_is_refused(robin: Delius) -> None:
    assert refused(robin.book("X000001", robin.event_ids("X000002")[0]), "does not exist on offender")


def test_errors_carry_a_status_and_a_message_for_developers(robin: Delius) -> None:
    assert robin.book(officeLocationCode="").json() == {
        "status": 400,
        "developerMessage": "Location is required for contact type 'COAP'",
    }


class TestTimes:
    @pytest.mark.parametrize("field", ["appointmentStart", "appointmentEnd"])
    def test_a_time_without_an_offset_is_refused(self, robin: Delius, field: str) -> None:
        assert refused(robin.book(**{field: f"{TOMORROW}T10:30:00"}), f"{field} must carry an offset")

    def test_times_are_kept_as_london_wall_time_in_minutes(self, robin: Delius, frozen: Simulator) -> None:
        robin.booked(appointmentStart=f"{TOMORROW}T09:00:59.9Z", appointmentEnd=f"{TOMORROW}T12:15:30+02:00")

        [kept] = frozen.contacts("X000001")
        assert (kept["start"], kept["end"]) == (f"{TOMORROW}T10:00", f"{TOMORROW}T11:15")

    def test_winter_times_are_kept_as_london_wall_time_too(self, robin: Delius, frozen: Simulator) -> None:
        robin.booked(appointmentStart="2026-12-01T10:00:00Z", appointmentEnd="2026-12-01T11:00:00Z")

        assert frozen.contacts("X000001")[0]["start"] == "2026-12-01T10:00"

    def test_the_end_must_be_after_the_start(self, robin: Delius) -> None:
        at = f"{TOMORROW}T10:00:00+01:00"

        assert refused(robin.book(appointmentStart=at, appointmentEnd=at), "The end must be after the start")

    def test_the_end_must_be_on_the_day_of_the_start(self, robin: Delius) -> None:
        assert refused(
            robin.book(appointmentEnd="2026-06-12T11:00:00+01:00"), "The end must be on the day of the start"
        )

    @pytest.mark.parametrize(
        "start", ["2026-06-31T10:00:00+01:00", "0001-01-01T00:00:00+14:00", "2026-06-11 10:00", "tomorrow", 1]
    )
    def test_a_time_that_does_not_exist_is_refused(self, robin: Delius, start: Any) -> None:
        assert refused(robin.book(appointmentStart=start), "appointmentStart is not a valid date-time")


class TestType:
    def test_an_unknown_type_is_refused(self, robin: Delius) -> None:
        assert refused(robin.book(contactType="NOSUCH"), "'NOSUCH' does not exist")

    @pytest.mark.parametrize("code", ["CEML", "NREF"])
    def test_a_type_that_nobody_attends_is_refused(self, robin: Delius, code: str) -> None:
        assert refused(robin.book(contactType=code, officeLocationCode=""), "is not an attendance type")

    def test_a_legacy_type_is_refused_on_a_cja_order(self, robin: Delius) -> None:
        assert refused(robin.book(contactType="LCRO"), "not appropriate for this type of order")

    def test_a_cja_type_is_refused_on_a_legacy_order(self, robin: Delius) -> None:
        assert refused(robin.book(LEGACY_PERSON, contactType="CRAR"), "not appropriate for this type of order")

    @pytest.mark.parametrize("code", ["LCRO", "COAP"])
    def test_a_type_that_matches_a_legacy_order_is_accepted(self, robin: Delius, code: str) -> None:
        assert robin.book(LEGACY_PERSON, contactType=code).status_code == 201


class TestLinks:
    def test_an_appointment_hangs_from_the_nsi(self, robin: Delius, frozen: Simulator) -> None:
        nsi_id = robin.made_nsi()
        robin.booked(nsiId=nsi_id, rarActivity=True)

        kept = frozen.contacts("X000001")[-1]
        assert (kept["nsiId"], kept["requirementId"], kept["rarActivity"]) == (nsi_id, None, True)

    def test_an_appointment_hangs_straight_from_the_requirement(self, robin: Delius, frozen: Simulator) -> None:
        requirement_id = robin.requirements("X000001")[0]["requirementId"]
        robin.booked(requirementId=requirement_id, rarActivity=True)

        kept = frozen.contacts("X000001")[-1]
        assert (kept["nsiId"], kept["requirementId"]) == (None, requirement_id)

    def test_nsi_and_requirement_exclude_one_another(self, robin: Delius) -> None:
        answer = robin.book(
            nsiId=robin.made_nsi(),
            requirementId=robin.requirements("X000001")[0]["requirementId"],
            rarActivity=True,
        )

        assert refused(answer, "nsiId and requirementId cannot both be provided")

    def test_an_nsi_of_another_person_is_refused(self, robin: Delius, frozen: Simulator) -> None:
        other = frozen.nsis("X000002")[0]["nsiId"]

        assert refused(robin.book(nsiId=other, rarActivity=True), "does not exist on event")

    def test_a_soft_deleted_nsi_is_refused(self, robin: Delius, frozen: Simulator) -> None:
        deleted = frozen.nsis("X000004")[0]["nsiId"]

        assert refused(robin.book("X000004", nsiId=deleted, rarActivity=True), "does not exist on event")

    def test_a_requirement_of_another_person_is_refused(self, robin: Delius) -> None:
        other = robin.requirements("X000002")[0]["requirementId"]

        assert refused(robin.book(requirementId=other, rarActivity=True), "does not exist on event")

    def test_the_contact_type_must_be_linked_to_the_nsi_type(self, robin: Delius) -> None:
        answer = robin.book(contactType="CGRP", nsiId=robin.made_nsi(), rarActivity=True)

        assert refused(answer, "'CGRP' is not appropriate for an NSI with type 'TKDEV'")

    def test_the_contact_type_must_suit_the_requirements_category(self, robin: Delius) -> None:
        answer = robin.book(
            contactType="CUPA", requirementId=robin.requirements("X000001")[0]["requirementId"], rarActivity=True
        )

        assert refused(answer, "not appropriate for a requirement in category 'F'")


class TestRarActivity:
    def test_it_is_required_through_an_nsi_of_a_rar_requirement(self, robin: Delius) -> None:
        assert refused(robin.book(nsiId=robin.made_nsi()), "rarActivity is required")

    def test_it_is_required_straight_on_a_rar_requirement(self, robin: Delius) -> None:
        requirement_id = robin.requirements("X000001")[0]["requirementId"]

        assert refused(robin.book(requirementId=requirement_id), "rarActivity is required")

    @pytest.mark.parametrize("counts", [True, False])
    def test_either_answer_is_accepted_where_it_is_required(self, robin: Delius, counts: bool) -> None:
        assert robin.book(nsiId=robin.made_nsi(), rarActivity=counts).status_code == 201

    @pytest.mark.parametrize("counts", [True, False])
    def test_it_is_refused_on_the_event_alone(self, robin: Delius, counts: bool) -> None:
        assert refused(robin.book(rarActivity=counts), "rarActivity is only for")

    def test_it_is_refused_on_a_requirement_that_is_no_rar(self, robin: Delius) -> None:
        requirement_id = robin.requirements("X000007")[0]["requirementId"]

        assert refused(robin.book("X000007", requirementId=requirement_id, rarActivity=True), "rarActivity is only for")
        assert robin.book("X000007", requirementId=requirement_id).status_code == 201

    def test_it_is_refused_on_a_rar_requirement_that_has_ended(self, robin: Delius) -> None:
        [ended] = [item for item in robin.requirements("X000008") if "terminationDate" in item]
        requirement_id = ended["requirementId"]

        assert refused(robin.book("X000008", requirementId=requirement_id, rarActivity=True), "rarActivity is only for")
        assert robin.book("X000008", requirementId=requirement_id).status_code == 201

    def test_it_is_refused_through_an_nsi_without_a_requirement(self, robin: Delius) -> None:
        nsi_id = robin.made_nsi(requirementId=None)

        assert refused(robin.book(nsiId=nsi_id, rarActivity=True), "rarActivity is only for")
        assert robin.book(nsiId=nsi_id).status_code == 201


class TestLocation:
    def test_a_type_that_requires_a_location_is_refused_without_one(self, robin: Delius) -> None:
        assert refused(robin.book(officeLocationCode=""), "Location is required for contact type 'COAP'")

    def test_a_type_that_takes_no_location_is_refused_with_one(self, robin: Delius) -> None:
        assert refused(robin.book(contactType="CHVS"), "'CHVS' does not support a location")

    @pytest.mark.parametrize("office", ["", "N90HAR"])
    def test_a_type_with_an_optional_location_takes_either(self, robin: Delius, office: str) -> None:
        assert robin.book(contactType="COOO", officeLocationCode=office).status_code == 201

    @pytest.mark.parametrize("code", ["COAP", "COOO"])
    def test_a_location_must_be_one_of_the_teams_offices(self, robin: Delius, code: str) -> None:
        assert refused(
            robin.book(contactType=code, officeLocationCode="N90MIL"), "does not exist at office location 'N90MIL'"
        )


class TestOrganisation:
    def test_the_team_must_belong_to_the_provider(self, robin: Delius) -> None:
        assert refused(robin.book(teamCode="N91AAA"), "does not exist at provider 'N90'")

    def test_the_member_of_staff_must_belong_to_the_team(self, robin: Delius) -> None:
        assert refused(robin.book(staffCode="N90B001"), "does not exist in team 'N90AAA'")


class TestClash:
    @pytest.mark.parametrize(
        ("start", "end"),
        [("10:00", "11:00"), ("09:30", "10:01"), ("10:59", "12:00"), ("10:15", "10:30"), ("09:00", "12:00")],
    )
    def test_an_overlapping_appointment_of_the_person_clashes(self, robin: Delius, start: str, end: str) -> None:
        robin.booked()

        answer = robin.book(
            contactType="CHVS",
            officeLocationCode="",
            appointmentStart=f"{TOMORROW}T{start}:00+01:00",
            appointmentEnd=f"{TOMORROW}T{end}:00+01:00",
        )

        assert answer.status_code == 409
        assert answer.json()["status"] == 409

    @pytest.mark.parametrize(("start", "end"), [("09:00", "10:00"), ("11:00", "12:00")])
    def test_appointments_may_touch(self, robin: Delius, start: str, end: str) -> None:
        robin.booked()

        answer = robin.book(
            appointmentStart=f"{TOMORROW}T{start}:00+01:00", appointmentEnd=f"{TOMORROW}T{end}:00+01:00"
        )

        assert answer.status_code == 201

    def test_another_persons_appointment_does_not_clash(self, robin: Delius) -> None:
        robin.booked("X000001")

        assert robin.book("X000002").status_code == 201

    def test_a_contact_that_nobody_attends_does_not_clash(self, robin: Delius, frozen: Simulator) -> None:
        frozen.add_contact("X000001", type="CEML", start=f"{TOMORROW}T10:00", end=f"{TOMORROW}T11:00")

        assert robin.book().status_code == 201

    def test_a_deleted_appointment_does_not_clash(self, robin: Delius) -> None:
        assert robin.delius("DELETE", f"contact/{robin.booked()}").status_code == 200

        assert robin.book().status_code == 201

    def test_appointments_in_the_past_do_not_clash(self, robin: Delius) -> None:
        past = {"appointmentStart": f"{YESTERDAY}T10:00:00+01:00", "appointmentEnd": f"{YESTERDAY}T11:00:00+01:00"}
        robin.booked(outcome="ATTC", **past)

        assert robin.book(outcome="ATTC", **past).status_code == 201

    def test_the_answer_does_not_say_whose_the_first_was(self, robin: Delius) -> None:
        first = robin.booked()

        assert str(first) not in robin.book().text

    def test_of_the_same_appointment_sent_at_once_only_one_is_made(
        self, acting_for: Callable[[str | None], Delius], frozen: Simulator
    ) -> None:
        callers = [acting_for("ROBIN.SAMPLE") for _ in range(6)]
        event_id = callers[0].event_ids("X000001")[0]

        with ThreadPoolExecutor(len(callers)) as pool:
            statuses = list(pool.map(lambda caller: caller.book("X000001", event_id).status_code, callers))

        assert sorted(statuses) == [201, *[409] * 5]
        assert len(frozen.contacts("X000001")) == 1


class TestPast:
    def test_an_appointment_in_the_past_needs_an_outcome(self, robin: Delius) -> None:
        answer = robin.book(
            appointmentStart=f"{YESTERDAY}T10:00:00+01:00", appointmentEnd=f"{YESTERDAY}T11:00:00+01:00"
        )

        assert refused(answer, "requires an outcome when it is in the past")

    def test_earlier_today_is_the_past(self, robin: Delius) -> None:
        answer = robin.book(appointmentStart=f"{TODAY}T09:59:00+01:00", appointmentEnd=f"{TODAY}T11:00:00+01:00")

        assert refused(answer, "requires an outcome when it is in the past")

    def test_this_minute_is_not_the_past(self, robin: Delius) -> None:
        answer = robin.book(appointmentStart=f"{TODAY}T10:00:00+01:00", appointmentEnd=f"{TODAY}T11:00:00+01:00")

        assert answer.status_code == 201

    def test_an_appointment_in_the_past_with_its_outcome_is_accepted(self, robin: Delius, frozen: Simulator) -> None:
        robin.booked(
            appointmentStart=f"{YESTERDAY}T10:00:00+01:00",
            appointmentEnd=f"{YESTERDAY}T11:00:00+01:00",
            outcome="ATTC",
        )

        assert frozen.contacts("X000001")[0]["outcome"] == "ATTC"

    def test_an_unknown_outcome_is_refused(self, robin: Delius) -> None:
        assert refused(robin.book(outcome="NOSUCH"), "outcome 'NOSUCH' does not exist")

    def test_an_enforcement_needs_an_outcome(self, robin: Delius) -> None:
        assert refused(robin.book(enforcement="WLS"), "Enforcement cannot be provided without an outcome")


class TestAuthority:
    def test_the_role_to_update_is_needed(self, robin: Delius, frozen: Simulator) -> None:
        own_token = frozen.user_token("ROBIN.SAMPLE")
        caller = Delius(frozen, own_token)

        answer = caller.book("X000001", robin.event_ids("X000001")[0])
        caller.close()

        assert answer.status_code == 403
        assert "ROLE_COMMUNITY_INTERVENTIONS_UPDATE" in answer.json()["developerMessage"]

    def test_the_providers_authority_is_needed(self, robin: Delius) -> None:
        answer = robin.book(providerCode="N91", teamCode="N91AAA", staffCode="N91A001", officeLocationCode="N91CLF")

        assert answer.status_code == 403
        assert "PROVIDER_N91" in answer.json()["developerMessage"]

    def test_a_token_that_acts_for_nobody_has_no_providers_authority(
        self, acting_for: Callable[[str | None], Delius]
    ) -> None:
        assert acting_for(None).book().status_code == 403

    @pytest.mark.parametrize("crn", ["X000011", "X000012"])
    def test_a_record_with_limited_access_takes_no_appointment_from_a_user_kept_from_it(
        self, robin: Delius, acting_for: Callable[[str | None], Delius], frozen: Simulator, crn: str
    ) -> None:
        event_id = acting_for(None).event_ids(crn)[0]

        assert robin.book(crn, event_id).status_code == 403
        assert frozen.contacts(crn) == []
