"""NSIs: read, made once, found again and withdrawn (getNsis, putNsi, withdrawNsi)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.simulator.delius import (
    BRIAN,
    CLARA,
    DEV,
    EDIE,
    FRANK,
    GITA,
    HAL,
    INES,
    MANAGER,
    TODAY,
    TOMORROW,
    TOOLKIT,
    YESTERDAY,
    Delius,
    conflicts,
    found,
    nsi_reference,
    refused,
)
from tests.simulator_process import Simulator

AT_ONCE = 6
FOREIGN = "urn:hmpps:other-service:nsi:00000000-0000-4000-8000-000000000009"


class TestReading:
    def test_those_that_have_ended_come_too(self, robin: Delius) -> None:
        [frank] = robin.nsis(FRANK)

        assert (frank["type"]["code"], frank["active"], frank["status"]["code"]) == ("TKMAP", False, "COMPL")
        assert (frank["referralDate"], frank["endDate"]) == ("2026-02-10", "2026-05-21")

    def test_none_is_an_empty_list(self, robin: Delius) -> None:
        assert robin.nsis(GITA, typeCode="TKDEV") == []

    def test_soft_deleted_ones_come_only_where_they_are_asked_for(self, robin: Delius) -> None:
        assert robin.nsis(EDIE) == []
        [deleted] = robin.nsis(EDIE, includeSoftDeleted="true")
        assert deleted["softDeleted"] is True

    def test_filters_narrow_one_another(self, robin: Delius) -> None:
        event = robin.event(CLARA)["eventId"]

        assert len(robin.nsis(CLARA, eventId=event, typeCode=["TKCAC", "TKDEV"])) == 1
        assert robin.nsis(CLARA, eventId=event, typeCode="TKDEV") == []
        assert robin.nsis(CLARA, eventId=event + 1) == []
        assert robin.nsis(CLARA, requirementId=1) == []

    def test_appointments_of_any_outcome_are_counted_and_soft_deleted_ones_are_not(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        [before] = robin.nsis(CLARA)
        future = frozen.contacts(CLARA)[-1]
        frozen.change_contact(future["contactId"], softDeleted=True)
        [after] = robin.nsis(CLARA)

        assert (before["appointmentCount"], before["lastAppointmentDate"]) == (2, "2026-06-24")
        assert (after["appointmentCount"], after["lastAppointmentDate"]) == (1, "2026-05-20")

    @pytest.mark.parametrize(("field", "value"), [("eventId", "x"), ("eventId", 0), ("includeSoftDeleted", "maybe")])
    def test_a_filter_that_is_not_understood_is_refused(self, robin: Delius, field: str, value: Any) -> None:
        assert refused(robin.get(f"cases/{BRIAN}/nsis", **{field: value}), field)


class TestMaking:
    def test_one_is_made_with_its_manager_and_first_status(self, robin: Delius) -> None:
        reference = nsi_reference()
        answer = robin.put_nsi(reference=reference)

        assert answer.status_code == 201
        made = answer.json()
        assert (made["matchedBy"], made["otherIds"]) == ("CREATED", [])
        assert made["nsi"]["externalReference"] == reference
        assert made["nsi"]["manager"] == MANAGER
        assert (made["nsi"]["status"]["code"], made["nsi"]["referralDate"]) == ("INPROG", TODAY)
        assert (made["nsi"]["active"], made["nsi"]["softDeleted"], made["nsi"]["appointmentCount"]) == (True, False, 0)
        assert robin.nsis(BRIAN, typeCode=TOOLKIT) == [made["nsi"]]

    def test_the_status_date_is_set_by_the_service(self, robin: Delius) -> None:
        assert robin.put_nsi().json()["nsi"]["statusDate"] == "2026-06-10T10:00:00+01:00"

    def test_it_is_recorded_in_the_name_of_the_user_of_the_token(self, robin: Delius, frozen: Simulator) -> None:
        made = robin.put_nsi().json()["nsi"]

        assert made["createdBy"] == {"forename": "Robin", "surname": "Sample"}
        assert frozen.nsis(BRIAN)[-1]["createdBy"] == "ROBIN.SAMPLE"

    def test_making_one_writes_system_contacts_which_are_not_appointments(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        before = robin.appointments(BRIAN)
        nsi_id = robin.made_nsi()

        assert [each["type"] for each in frozen.contacts(BRIAN) if each["nsiId"] == nsi_id] == ["NREF", "NSIP"]
        assert robin.appointments(BRIAN) == before

    def test_a_null_property_is_read_as_absent(self, robin: Delius) -> None:
        body = {**robin.nsi_body(), "length": None, "subTypeCode": None}

        assert robin.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", body).status_code == 201

    def test_an_unknown_crn_event_or_requirement_is_not_found(self, robin: Delius) -> None:
        body = robin.nsi_body()
        statuses = [
            robin.put(f"cases/X999999/nsis/{nsi_reference()}", body).status_code,
            robin.put_nsi(eventId=1).status_code,
            robin.put_nsi(requirementId=1).status_code,
            robin.put_nsi(eventId=robin.event(CLARA)["eventId"]).status_code,
        ]

        assert statuses == [404] * 4

    @pytest.mark.parametrize("reference", ["1", "urn:hmpps:rarbooking:nsi:1", f"{FOREIGN.upper()}", "x" * 101])
    def test_a_reference_is_a_urn_that_ends_in_a_uuid(self, robin: Delius, reference: str) -> None:
        assert refused(robin.put_nsi(reference=reference), "externalReference")


class TestRules:
    @pytest.mark.parametrize("day", [YESTERDAY, TODAY, "2025-11-22"])
    def test_the_referral_date_is_today_or_earlier_and_not_before_the_events(self, robin: Delius, day: str) -> None:
        assert robin.put_nsi(referralDate=day).status_code == 201

    @pytest.mark.parametrize("day", [TOMORROW, "2025-11-21"])
    def test_another_referral_date_is_refused(self, robin: Delius, day: str) -> None:
        assert refused(robin.put_nsi(referralDate=day), "referralDate")

    def test_an_event_referred_in_the_future_cannot_have_one(self, robin: Delius, frozen: Simulator) -> None:
        body = robin.nsi_body()
        frozen.freeze("2025-11-01T10:00:00Z")
        caller = Delius(frozen, frozen.token("ROBIN.SAMPLE"))
        answers = [
            caller.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", {**body, "referralDate": day})
            for day in ("2025-11-01", "2025-11-22")
        ]
        caller.close()

        assert all(refused(answer, "referralDate") for answer in answers)

    def test_the_requirement_must_be_on_that_event(self, robin: Delius) -> None:
        first, second = robin.case(GITA)["events"]
        other = second["requirements"][0]["requirementId"]

        assert refused(robin.put_nsi(GITA, eventId=first["eventId"], requirementId=other), "requirementId")

    def test_the_requirement_must_be_in_force(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(INES), "requirementId")

    def test_the_requirement_must_be_of_a_category_that_allows_the_type(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(HAL), "requirementId")

    def test_the_type_must_be_known(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(typeCode="NOSUCH"), "typeCode")

    def test_the_type_must_be_selectable(self, robin: Delius, frozen: Simulator) -> None:
        frozen.change_nsi_type(TOOLKIT, selectable=False)

        assert refused(robin.put_nsi(), "typeCode")

    def test_the_status_must_be_one_of_the_type(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(statusCode="NOSUCH"), "statusCode")

    def test_a_type_with_sub_types_demands_one_of_them(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(typeCode="TKNEW"), "subTypeCode")
        assert refused(robin.put_nsi(typeCode="TKNEW", subTypeCode="TKDEV1"), "subTypeCode")
        assert robin.put_nsi(typeCode="TKNEW", subTypeCode="TKNEW1").status_code == 201

    def test_a_type_without_sub_types_takes_none(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(subTypeCode="TKNEW1"), "subTypeCode")

    @pytest.mark.parametrize("length", [None, 0, 21])
    def test_a_length_is_demanded_within_minimum_and_maximum_where_the_type_has_a_unit(
        self, robin: Delius, length: int | None
    ) -> None:
        assert refused(robin.put_nsi(typeCode="TKSFR", length=length), "length")

    @pytest.mark.parametrize("length", [1, 20])
    def test_a_length_on_the_edge_is_kept_with_its_unit(self, robin: Delius, length: int) -> None:
        made = robin.put_nsi(typeCode="TKSFR", length=length).json()["nsi"]

        assert (made["length"], made["lengthUnit"]) == (length, "Sessions")

    @pytest.mark.parametrize("length", [0, 5])
    def test_a_length_is_refused_where_the_type_has_no_unit(self, robin: Delius, length: int) -> None:
        assert refused(robin.put_nsi(length=length), "length")

    def test_the_managers_provider_must_be_one_of_the_types(self, robin: Delius) -> None:
        cliffside = {"providerCode": "N91", "teamCode": "N91AAA", "staffCode": "N91A001"}

        assert refused(robin.put_nsi(HAL, typeCode="UPW1", statusCode="INPROG"), "manager.providerCode")
        assert robin.put_nsi(HAL, typeCode="UPW1", statusCode="INPROG", manager=cliffside).status_code == 201

    def test_the_team_must_be_in_the_provider(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(manager={**MANAGER, "teamCode": "N91AAA"}), "manager.teamCode")

    def test_the_team_must_be_open(self, robin: Delius) -> None:
        closed = {"providerCode": "N90", "teamCode": "N90ZZZ", "staffCode": "N90A003"}

        assert refused(robin.put_nsi(manager=closed), "manager.teamCode")

    def test_the_member_of_staff_must_be_in_the_team(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(manager={**MANAGER, "staffCode": "N90B001"}), "manager.staffCode")

    def test_notes_have_at_most_4000_characters_counted_in_utf_16_units(self, robin: Delius) -> None:
        assert refused(robin.put_nsi(notes="n" * 4001), "notes")
        assert refused(robin.put_nsi(notes="🙂" * 2001), "notes")
        assert robin.put_nsi(notes="🙂" * 2000).status_code == 201

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("eventId", "1"),
            ("eventId", 0),
            ("requirementId", 1.5),
            ("typeCode", ""),
            ("typeCode", "T" * 21),
            ("statusCode", 1),
            ("referralDate", "10/06/2026"),
            ("referralDate", "2026-06-31"),
            ("length", -1),
            ("length", True),
            ("notes", 7),
        ],
    )
    def test_a_value_that_the_document_rules_out_is_refused_by_name(
        self, robin: Delius, field: str, value: Any
    ) -> None:
        assert refused(robin.put_nsi(**{field: value}), field)

    @pytest.mark.parametrize("field", ["eventId", "requirementId", "typeCode", "statusCode", "referralDate", "manager"])
    def test_what_the_document_requires_is_required(self, robin: Delius, field: str) -> None:
        body = {name: value for name, value in robin.nsi_body().items() if name != field}

        assert refused(robin.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", body), field)

    def test_a_refused_one_leaves_nothing_behind(self, robin: Delius, frozen: Simulator) -> None:
        before = (frozen.nsis(BRIAN), frozen.contacts(BRIAN))
        robin.put_nsi(manager={**MANAGER, "staffCode": "N90B001"})

        assert (frozen.nsis(BRIAN), frozen.contacts(BRIAN)) == before


class TestSecondOfOneType:
    def test_whether_a_second_open_one_may_exist_is_a_flag_of_the_type(self, robin: Delius, frozen: Simulator) -> None:
        first, second = robin.case(GITA)["events"]
        on = [
            {"eventId": each["eventId"], "requirementId": each["requirements"][0]["requirementId"]}
            for each in (first, second)
        ]
        robin.made_nsi(GITA, **on[0])

        frozen.allow_duplicates(TOOLKIT, False)
        assert refused(robin.put_nsi(GITA, **on[1]), "typeCode")
        frozen.allow_duplicates(TOOLKIT, True)
        assert robin.put_nsi(GITA, **on[1]).status_code == 201

    def test_the_flag_changes_nothing_where_the_open_one_is_on_the_requirement(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        frozen.allow_duplicates(TOOLKIT, False)
        nsi_id = robin.made_nsi()

        assert found(robin.put_nsi())["nsi"]["nsiId"] == nsi_id


class TestTheSameReference:
    def test_the_one_that_bears_the_reference_is_the_answer(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        first = robin.put_nsi(reference=reference).json()
        kept = frozen.nsis(BRIAN)
        again = found(robin.put_nsi(reference=reference, notes="Others.", referralDate=YESTERDAY))

        assert again == {**first, "matchedBy": "EXTERNAL_REFERENCE"}
        assert frozen.nsis(BRIAN) == kept

    def test_it_is_the_answer_also_where_it_has_ended_since(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        nsi_id = robin.made_nsi(reference=reference)
        frozen.end_nsi(nsi_id, TODAY)
        again = found(robin.put_nsi(reference=reference))

        assert (again["nsi"]["nsiId"], again["nsi"]["active"]) == (nsi_id, False)
        assert again["matchedBy"] == "EXTERNAL_REFERENCE"

    def test_it_is_the_answer_before_any_other_open_one(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        nsi_id = robin.made_nsi(reference=reference)
        busier = frozen.add_nsi(BRIAN, TOOLKIT)["nsiId"]
        robin.session_on(busier)

        again = found(robin.put_nsi(reference=reference))
        assert (again["nsi"]["nsiId"], again["otherIds"]) == (nsi_id, [])

    def test_a_reference_whose_record_was_soft_deleted_is_spent_whoever_deleted_it(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        withdrawn, deleted = nsi_reference(), nsi_reference()
        robin.made_nsi(reference=withdrawn)
        robin.withdraw_nsi(withdrawn)
        frozen.soft_delete_nsi(robin.made_nsi(reference=deleted))

        for reference in (withdrawn, deleted):
            assert conflicts(robin.put_nsi(reference=reference), "REFERENCE_SPENT")

    def test_sent_twice_at_once_one_is_made(
        self, acting_for: Callable[[str | None], Delius], frozen: Simulator
    ) -> None:
        callers = [acting_for("ROBIN.SAMPLE") for _ in range(AT_ONCE)]
        body, path = callers[0].nsi_body(), f"cases/{BRIAN}/nsis/{nsi_reference()}"

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda caller: caller.put(path, body), callers))

        assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
        assert len({answer.json()["nsi"]["nsiId"] for answer in answers}) == 1
        assert len(robin_toolkits(frozen)) == 1


class TestAnotherReference:
    def test_an_open_one_of_the_type_on_the_requirement_is_the_answer_as_it_is(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        there = frozen.add_nsi(BRIAN, TOOLKIT, notes="As it was.")
        answer = found(robin.put_nsi(statusCode="REFER"))

        assert answer["matchedBy"] == "REQUIREMENT_AND_TYPE"
        assert answer["nsi"]["nsiId"] == there["nsiId"]
        assert "externalReference" not in answer["nsi"]
        assert robin_toolkits(frozen) == [there]

    def test_one_that_has_ended_or_was_soft_deleted_is_not_taken(self, robin: Delius, frozen: Simulator) -> None:
        frozen.add_nsi(BRIAN, TOOLKIT, endDate=TODAY)
        frozen.add_nsi(BRIAN, TOOLKIT, softDeleted=True)

        assert robin.put_nsi().status_code == 201

    def test_one_on_another_requirement_or_on_none_is_not_taken(self, robin: Delius, frozen: Simulator) -> None:
        frozen.add_nsi(BRIAN, TOOLKIT, requirementId=None)

        assert robin.put_nsi().status_code == 201

    def test_one_of_another_sub_type_is_not_taken_where_a_sub_type_is_given(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        without = frozen.add_nsi(BRIAN, "TKNEW")["nsiId"]

        made = robin.made_nsi(typeCode="TKNEW", subTypeCode="TKNEW1")
        either = found(robin.put_nsi(typeCode="TKNEW"))
        assert {either["nsi"]["nsiId"], *either["otherIds"]} == {without, made}

    def test_of_several_one_whose_reference_has_the_same_namespace_comes_first(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        foreign = frozen.add_nsi(BRIAN, TOOLKIT, externalReference=FOREIGN)["nsiId"]
        ours = frozen.add_nsi(BRIAN, TOOLKIT, externalReference=nsi_reference())["nsiId"]
        robin.session_on(foreign)

        answer = found(robin.put_nsi())
        assert (answer["nsi"]["nsiId"], answer["otherIds"]) == (ours, [foreign])

    def test_then_the_one_with_most_appointments(self, robin: Delius) -> None:
        fuller, emptier = (nsi["nsiId"] for nsi in sorted(robin.nsis(DEV), key=lambda each: -each["appointmentCount"]))

        answer = found(robin.put_nsi(DEV, typeCode="TKCAC"))
        assert (answer["nsi"]["nsiId"], answer["otherIds"]) == (fuller, [emptier])

    def test_then_the_latest_referral_date_and_then_the_lowest_id(self, robin: Delius, frozen: Simulator) -> None:
        days = ("2026-01-01", "2026-02-01", "2026-02-01")
        early, late, later = (frozen.add_nsi(BRIAN, TOOLKIT, referralDate=day)["nsiId"] for day in days)

        answer = found(robin.put_nsi())
        assert [answer["nsi"]["nsiId"], *answer["otherIds"]] == [late, later, early]

    def test_different_references_for_one_requirement_and_type_at_once_make_one(
        self, acting_for: Callable[[str | None], Delius], frozen: Simulator
    ) -> None:
        callers = [acting_for("ROBIN.SAMPLE") for _ in range(AT_ONCE)]
        body = callers[0].nsi_body()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda each: each.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", body), callers))

        assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
        assert len({answer.json()["nsi"]["nsiId"] for answer in answers}) == 1
        assert len(robin_toolkits(frozen)) == 1


class TestWithdrawing:
    def test_it_soft_deletes_the_one_that_bears_the_reference_with_its_system_contacts(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        reference = nsi_reference()
        nsi_id = robin.made_nsi(reference=reference)
        answer = robin.withdraw_nsi(reference)

        assert (answer.status_code, answer.content) == (204, b"")
        assert robin.nsis(BRIAN, typeCode=TOOLKIT) == []
        assert all(each["softDeleted"] for each in frozen.contacts(BRIAN) if each["nsiId"] == nsi_id)

    def test_gone_already_is_204_as_well(self, robin: Delius) -> None:
        reference = nsi_reference()
        robin.made_nsi(reference=reference)

        assert [robin.withdraw_nsi(reference).status_code for _ in range(2)] == [204, 204]

    def test_a_reference_that_never_was_is_not_found(self, robin: Delius) -> None:
        assert robin.withdraw_nsi(nsi_reference()).status_code == 404

    def test_a_reference_of_another_person_is_not_found(self, robin: Delius) -> None:
        reference = nsi_reference()
        robin.made_nsi(reference=reference)

        assert robin.withdraw_nsi(reference, CLARA).status_code == 404

    def test_where_an_appointment_hangs_from_it_nothing_is_changed(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        robin.session_on(robin.made_nsi(reference=reference))
        before = (frozen.nsis(BRIAN), frozen.contacts(BRIAN))

        assert conflicts(robin.withdraw_nsi(reference), "IN_USE")
        assert (frozen.nsis(BRIAN), frozen.contacts(BRIAN)) == before

    def test_where_its_appointment_was_soft_deleted_it_is_withdrawn(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        session = robin.session_on(robin.made_nsi(reference=reference))
        frozen.change_contact(session["contactId"], softDeleted=True)

        assert robin.withdraw_nsi(reference).status_code == 204


def robin_toolkits(simulator: Simulator) -> list[dict[str, Any]]:
    """Brian's NSIs of the toolkit that tests make."""
    return [nsi for nsi in simulator.nsis(BRIAN) if nsi["type"] == TOOLKIT]
