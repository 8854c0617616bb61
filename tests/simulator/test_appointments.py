"""Appointments: made once, and read (putAppointment, getAppointments, getAppointment, getAppointmentByReference)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.simulator.delius import (
    BRIAN,
    CLARA,
    EDIE,
    GITA,
    HAL,
    INES,
    JACK,
    MANAGER,
    TODAY,
    TOMORROW,
    TOOLKIT,
    YESTERDAY,
    Delius,
    appointment_reference,
    at,
    conflicts,
    found,
    refused,
)
from tests.simulator_process import Simulator

AT_ONCE = 6
HOME = {"typeCode": "CHVS", "officeCode": None}


class TestMaking:
    def test_one_is_made_on_the_event(self, robin: Delius, frozen: Simulator) -> None:
        reference = appointment_reference()
        answer = robin.book(reference=reference, sensitive=True)

        assert answer.status_code == 201
        made = answer.json()
        assert made["externalReference"] == reference
        assert (made["start"], made["end"]) == (at("10:00"), at("11:00"))
        assert made["type"] == {"code": "COAP", "description": "Planned Office Visit (NS)"}
        assert made["office"]["code"] == "N90HAR"
        assert made["officer"] == {**MANAGER, "name": {"forename": "Robin", "surname": "Sample"}}
        assert (made["notes"], made["sensitive"], made["countsTowardsRar"]) == ("Invented for a test.", True, False)
        assert (made["version"], made["softDeleted"]) == (1, False)
        assert not {"nsi", "requirementId", "outcome"} & made.keys()
        assert frozen.contacts(BRIAN)[-1]["createdBy"] == "ROBIN.SAMPLE"

    def test_one_hangs_from_the_nsi_and_does_not_name_its_requirement(self, robin: Delius) -> None:
        nsi_id = robin.made_nsi(typeCode="TKNEW", subTypeCode="TKNEW1")
        made = robin.session_on(nsi_id)

        assert made["nsi"]["nsiId"] == nsi_id
        assert (made["nsi"]["type"]["code"], made["nsi"]["subType"]["code"]) == ("TKNEW", "TKNEW1")
        assert made["countsTowardsRar"] is True
        assert "requirementId" not in made

    def test_one_hangs_straight_from_the_requirement(self, robin: Delius) -> None:
        requirement_id = robin.requirement()["requirementId"]
        made = robin.booked(requirementId=requirement_id, countsTowardsRar=True)

        assert (made["requirementId"], "nsi" in made) == (requirement_id, False)

    def test_an_unknown_crn_event_or_requirement_is_not_found(self, robin: Delius) -> None:
        body, reference = robin.appointment_body(), appointment_reference()
        statuses = [
            robin.put(f"cases/X999999/appointments/{reference}", body).status_code,
            robin.book(eventId=1).status_code,
            robin.book(eventId=robin.event(CLARA)["eventId"]).status_code,
            robin.book(requirementId=1, countsTowardsRar=True).status_code,
        ]

        assert statuses == [404] * 4

    @pytest.mark.parametrize("reference", ["1", "urn:hmpps:rarbooking:appointment:1", "x" * 101])
    def test_a_reference_is_a_urn_that_ends_in_a_uuid(self, robin: Delius, reference: str) -> None:
        assert refused(robin.book(reference=reference), "externalReference")

    @pytest.mark.parametrize("field", ["eventId", "countsTowardsRar", "typeCode", "start", "end", "manager"])
    def test_what_the_document_requires_is_required(self, robin: Delius, field: str) -> None:
        body = {name: value for name, value in robin.appointment_body().items() if name != field}

        assert refused(robin.put(f"cases/{BRIAN}/appointments/{appointment_reference()}", body), field)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("typeCode", "C" * 11),
            ("officeCode", "O" * 8),
            ("sensitive", "yes"),
            ("countsTowardsRar", 1),
            ("nsiId", "1"),
            ("requirementId", 1.5),
            ("notes", 7),
            ("allowOverlap", "true"),
        ],
    )
    def test_a_value_that_the_document_rules_out_is_refused_by_name(
        self, robin: Delius, field: str, value: Any
    ) -> None:
        assert refused(robin.book(**{field: value}), field)

    @pytest.mark.parametrize(("field", "longest"), [("providerCode", 3), ("teamCode", 6), ("staffCode", 7)])
    def test_codes_of_the_manager_have_their_documented_lengths(self, robin: Delius, field: str, longest: int) -> None:
        assert refused(robin.book(manager={**MANAGER, field: "C" * (longest + 1)}), f"manager.{field}")

    def test_notes_have_at_most_4000_characters_counted_in_utf_16_units(self, robin: Delius) -> None:
        assert refused(robin.book(notes="n" * 4001), "notes")
        assert refused(robin.book(notes="🙂" * 2001), "notes")
        assert robin.booked(notes="🙂" * 2000)["notes"] == "🙂" * 2000

    def test_a_refused_one_leaves_nothing_behind(self, robin: Delius, frozen: Simulator) -> None:
        before = frozen.contacts(BRIAN)
        robin.book(manager={**MANAGER, "staffCode": "N90B001"})

        assert frozen.contacts(BRIAN) == before


class TestTheSameReference:
    def test_the_same_appointment_is_the_answer(self, robin: Delius, frozen: Simulator) -> None:
        reference = appointment_reference()
        first = robin.booked(reference=reference)
        kept = frozen.contacts(BRIAN)

        assert found(robin.book(reference=reference, notes="Others.", end=at("11:30"))) == first
        assert frozen.contacts(BRIAN) == kept

    @pytest.mark.parametrize("change", [{"typeCode": "COAI"}, {"start": at("10:30")}])
    def test_another_type_or_start_means_that_the_reference_is_spent(
        self, robin: Delius, change: dict[str, Any]
    ) -> None:
        reference = appointment_reference()
        robin.booked(reference=reference)

        assert conflicts(robin.book(reference=reference, **change), "REFERENCE_SPENT")

    def test_another_person_event_or_nsi_means_that_the_reference_is_spent(self, robin: Delius) -> None:
        first, second = robin.case(GITA)["events"]
        reference = appointment_reference()
        robin.booked(GITA, reference=reference, eventId=first["eventId"])
        nsi_id = robin.made_nsi(GITA)

        for answer in (
            robin.book(CLARA, reference=reference),
            robin.book(GITA, reference=reference, eventId=second["eventId"]),
            robin.book(GITA, reference=reference, eventId=first["eventId"], nsiId=nsi_id, countsTowardsRar=True),
        ):
            assert conflicts(answer, "REFERENCE_SPENT")

    def test_one_whose_record_was_soft_deleted_is_spent(self, robin: Delius, frozen: Simulator) -> None:
        reference = appointment_reference()
        frozen.change_contact(robin.booked(reference=reference)["contactId"], softDeleted=True)

        assert conflicts(robin.book(reference=reference), "REFERENCE_SPENT")

    def test_one_that_was_moved_by_hand_is_another_appointment(self, robin: Delius, frozen: Simulator) -> None:
        reference = appointment_reference()
        made = robin.booked(reference=reference)
        frozen.change_contact(made["contactId"], start=at("15:00"), end=at("16:00"))

        assert conflicts(robin.book(reference=reference), "REFERENCE_SPENT")

    def test_the_same_moment_at_another_offset_is_the_same_start(self, robin: Delius) -> None:
        reference = appointment_reference()
        robin.booked(reference=reference)

        assert robin.book(reference=reference, start=f"{TOMORROW}T09:00:00Z").status_code == 200

    def test_it_is_the_answer_even_where_a_rule_stands_against_making_it_now(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        reference = appointment_reference()
        nsi_id = robin.made_nsi()
        session = robin.session_on(nsi_id, reference=reference)
        frozen.end_nsi(nsi_id, TODAY)

        assert found(robin.book(reference=reference, nsiId=nsi_id, countsTowardsRar=True)) == session

    def test_sent_twice_at_once_one_is_made(
        self, acting_for: Callable[[str | None], Delius], frozen: Simulator
    ) -> None:
        callers = [acting_for("ROBIN.SAMPLE") for _ in range(AT_ONCE)]
        body, path = callers[0].appointment_body(), f"cases/{BRIAN}/appointments/{appointment_reference()}"
        before = len(frozen.contacts(BRIAN))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda caller: caller.put(path, body), callers))

        assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
        assert len({answer.json()["contactId"] for answer in answers}) == 1
        assert len(frozen.contacts(BRIAN)) == before + 1

    def test_different_appointments_of_one_time_sent_at_once_make_one(
        self, acting_for: Callable[[str | None], Delius]
    ) -> None:
        callers = [acting_for("ROBIN.SAMPLE") for _ in range(AT_ONCE)]
        body = callers[0].appointment_body()

        def send(caller: Delius) -> int:
            return caller.put(f"cases/{BRIAN}/appointments/{appointment_reference()}", body).status_code

        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert sorted(pool.map(send, callers)) == [201] + [409] * (AT_ONCE - 1)


class TestTimes:
    @pytest.mark.parametrize("field", ["start", "end"])
    @pytest.mark.parametrize(
        "moment", ["2026-06-11T10:30:00", "2026-06-31T10:00:00+01:00", "0001-01-01T00:00:00+14:00", "tomorrow", 1, True]
    )
    def test_what_is_no_moment_with_an_offset_is_refused(self, robin: Delius, field: str, moment: Any) -> None:
        assert refused(robin.book(**{field: moment}), field)

    def test_times_are_stored_as_london_wall_time_in_minutes(self, robin: Delius, frozen: Simulator) -> None:
        made = robin.booked(start=f"{TOMORROW}T09:00:59.9Z", end=f"{TOMORROW}T12:15:30+02:00")

        assert (made["start"], made["end"]) == (at("10:00"), at("11:15"))
        assert frozen.contacts(BRIAN)[-1]["start"] == f"{TOMORROW}T10:00"

    def test_winter_times_have_the_offset_of_winter(self, robin: Delius) -> None:
        made = robin.booked(start="2026-12-01T10:00:00Z", end="2026-12-01T11:00:00Z")

        assert made["start"] == "2026-12-01T10:00:00+00:00"

    @pytest.mark.parametrize("start", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
    def test_half_past_one_on_the_night_the_clocks_go_back_is_the_first_of_the_two(
        self, robin: Delius, start: str
    ) -> None:
        made = robin.booked(start=start, end="2026-10-25T10:00:00Z")

        assert made["start"] == "2026-10-25T01:30:00+01:00"

    @pytest.mark.parametrize("end", [at("10:00"), at("09:00"), at("11:00", "2026-06-12"), "2026-06-11T23:00:00Z"])
    def test_the_end_must_be_after_the_start_on_the_same_day(self, robin: Delius, end: str) -> None:
        assert refused(robin.book(end=end), "end")

    @pytest.mark.parametrize(("day", "clock"), [(YESTERDAY, "10:00"), (TODAY, "09:59")])
    def test_in_the_past_only_together_with_an_outcome_and_so_not_here(
        self, robin: Delius, day: str, clock: str
    ) -> None:
        assert refused(robin.book(start=at(clock, day), end=at("12:00", day)), "start")

    def test_one_that_starts_this_minute_is_not_in_the_past(self, robin: Delius) -> None:
        assert robin.book(start=at("10:00", TODAY), end=at("11:00", TODAY)).status_code == 201


class TestWhatItHangsFrom:
    @pytest.mark.parametrize("code", ["NOSUCH", "CEML", "NREF"])
    def test_the_type_must_be_an_appointment_type(self, robin: Delius, code: str) -> None:
        assert refused(robin.book(typeCode=code, officeCode=None), "typeCode")

    def test_a_type_for_the_person_only_does_not_hang_from_an_event(self, robin: Delius) -> None:
        assert refused(robin.book(typeCode="CPER", officeCode=None), "typeCode")

    def test_with_an_nsi_the_type_must_be_one_that_may_hang_from_it(self, robin: Delius) -> None:
        answer = robin.book(typeCode="CGRP", nsiId=robin.made_nsi(), countsTowardsRar=True)

        assert refused(answer, "typeCode")

    def test_an_nsi_of_another_person_is_not_open_to_them(self, robin: Delius, frozen: Simulator) -> None:
        other = frozen.nsis(CLARA)[0]["nsiId"]

        assert conflicts(robin.book(nsiId=other, countsTowardsRar=True), "NSI_CLOSED")

    def test_an_nsi_on_another_event_is_not_open_to_it(self, robin: Delius) -> None:
        first, second = robin.case(GITA)["events"]
        nsi_id = robin.made_nsi(GITA, eventId=first["eventId"])

        answer = robin.book(GITA, eventId=second["eventId"], nsiId=nsi_id, countsTowardsRar=True)
        assert conflicts(answer, "NSI_CLOSED")

    def test_an_nsi_that_has_ended_is_closed(self, robin: Delius, frozen: Simulator) -> None:
        nsi_id = robin.made_nsi()
        frozen.end_nsi(nsi_id, TODAY)

        assert conflicts(robin.book(nsiId=nsi_id, countsTowardsRar=True), "NSI_CLOSED")

    def test_an_nsi_that_is_open_again_takes_appointments(self, robin: Delius, frozen: Simulator) -> None:
        nsi_id = robin.made_nsi()
        frozen.end_nsi(nsi_id, TODAY)
        frozen.end_nsi(nsi_id, None)

        assert robin.session_on(nsi_id)["nsi"]["nsiId"] == nsi_id

    def test_a_soft_deleted_nsi_is_closed(self, robin: Delius, frozen: Simulator) -> None:
        deleted = frozen.nsis(EDIE)[0]["nsiId"]

        assert conflicts(robin.book(EDIE, nsiId=deleted, countsTowardsRar=True), "NSI_CLOSED")

    def test_nsi_and_requirement_exclude_one_another(self, robin: Delius) -> None:
        requirement_id = robin.requirement()["requirementId"]
        answer = robin.book(nsiId=robin.made_nsi(), requirementId=requirement_id, countsTowardsRar=True)

        assert refused(answer, "requirementId")

    def test_the_requirement_must_be_on_the_event(self, robin: Delius) -> None:
        first, second = robin.case(GITA)["events"]
        other = second["requirements"][0]["requirementId"]

        answer = robin.book(GITA, eventId=first["eventId"], requirementId=other, countsTowardsRar=True)
        assert refused(answer, "requirementId")


class TestCountsTowardsRar:
    def test_it_is_demanded_through_an_nsi_of_a_rar_requirement(self, robin: Delius) -> None:
        assert refused(robin.book(nsiId=robin.made_nsi(), countsTowardsRar=False), "countsTowardsRar")

    def test_it_is_demanded_straight_on_a_rar_requirement(self, robin: Delius) -> None:
        requirement_id = robin.requirement()["requirementId"]

        assert refused(robin.book(requirementId=requirement_id, countsTowardsRar=False), "countsTowardsRar")

    def test_it_is_refused_on_the_event_alone(self, robin: Delius) -> None:
        assert refused(robin.book(countsTowardsRar=True), "countsTowardsRar")

    def test_it_is_refused_on_a_requirement_that_is_no_rar(self, robin: Delius) -> None:
        on = {"requirementId": robin.requirement(HAL)["requirementId"]}

        assert refused(robin.book(HAL, countsTowardsRar=True, **on), "countsTowardsRar")
        assert robin.book(HAL, **on).status_code == 201

    def test_it_is_refused_on_a_rar_requirement_that_is_not_in_force(self, robin: Delius) -> None:
        on = {"requirementId": robin.requirement(INES)["requirementId"]}

        assert refused(robin.book(INES, countsTowardsRar=True, **on), "countsTowardsRar")

    def test_it_is_refused_through_an_nsi_without_a_requirement(self, robin: Delius, frozen: Simulator) -> None:
        nsi_id = frozen.add_nsi(BRIAN, TOOLKIT, requirementId=None)["nsiId"]

        assert refused(robin.book(nsiId=nsi_id, countsTowardsRar=True), "countsTowardsRar")
        assert robin.book(nsiId=nsi_id).status_code == 201


class TestOffice:
    def test_it_is_demanded_where_the_type_requires_one(self, robin: Delius) -> None:
        assert refused(robin.book(officeCode=None), "officeCode")

    def test_it_is_refused_where_the_type_allows_none(self, robin: Delius) -> None:
        assert refused(robin.book(typeCode="CHVS"), "officeCode")

    @pytest.mark.parametrize("office", [None, "N90HAR"])
    def test_it_is_optional_where_the_type_says_so(self, robin: Delius, office: str | None) -> None:
        assert robin.book(typeCode="COOO", officeCode=office).status_code == 201

    @pytest.mark.parametrize("code", ["COAP", "COOO"])
    @pytest.mark.parametrize("office", ["N90MIL", "NOSUCH"])
    def test_it_must_be_one_of_the_teams(self, robin: Delius, code: str, office: str) -> None:
        assert refused(robin.book(typeCode=code, officeCode=office), "officeCode")

    def test_a_closed_one_is_not_one_of_the_teams(self, robin: Delius) -> None:
        castle_road = {"providerCode": "N90", "teamCode": "N90CCC", "staffCode": "N90C001"}

        assert refused(robin.book(manager=castle_road, officeCode="N90OLD"), "officeCode")


class TestManager:
    def test_the_team_must_be_in_the_provider(self, robin: Delius) -> None:
        assert refused(robin.book(manager={**MANAGER, "teamCode": "N91AAA"}), "manager.teamCode")

    def test_the_member_of_staff_must_be_in_the_team(self, robin: Delius) -> None:
        assert refused(robin.book(manager={**MANAGER, "staffCode": "N90B001"}), "manager.staffCode")


class TestOverlap:
    @pytest.mark.parametrize(
        ("start", "end"),
        [("10:00", "11:00"), ("09:30", "10:01"), ("10:59", "12:00"), ("10:15", "10:30"), ("09:00", "12:00")],
    )
    def test_two_that_overlap_conflict_and_the_answer_says_what_is_there(
        self, robin: Delius, start: str, end: str
    ) -> None:
        robin.booked()
        answer = robin.book(**HOME, start=at(start), end=at(end))

        assert conflicts(answer, "OVERLAP")
        assert answer.json()["overlaps"] == [
            {
                "start": at("10:00"),
                "end": at("11:00"),
                "type": {"code": "COAP", "description": "Planned Office Visit (NS)"},
            }
        ]

    @pytest.mark.parametrize(("start", "end"), [("09:00", "10:00"), ("11:00", "12:00")])
    def test_abutting_is_not_overlapping(self, robin: Delius, start: str, end: str) -> None:
        robin.booked()

        assert robin.book(start=at(start), end=at(end)).status_code == 201

    def test_it_is_made_all_the_same_where_overlaps_are_allowed(self, robin: Delius) -> None:
        robin.booked()

        assert robin.book(allowOverlap=True).status_code == 201

    def test_another_persons_does_not_overlap(self, robin: Delius) -> None:
        robin.booked(BRIAN)

        assert robin.book(CLARA).status_code == 201

    def test_a_contact_that_is_no_appointment_does_not_overlap(self, robin: Delius, frozen: Simulator) -> None:
        frozen.add_contact(BRIAN, type="CEML", start=at("10:00"), end=at("11:00"))

        assert robin.book().status_code == 201

    @pytest.mark.parametrize("change", [{"softDeleted": True}, {"outcome": "RSOF"}, {"outcome": "AAAA"}])
    def test_one_that_takes_no_time_any_more_does_not_overlap(
        self, robin: Delius, frozen: Simulator, change: dict[str, Any]
    ) -> None:
        frozen.change_contact(robin.booked()["contactId"], **change)

        assert robin.book().status_code == 201


class TestReading:
    def test_a_persons_appointments_come_by_day_earliest_first(self, robin: Delius) -> None:
        starts = [each["start"][:10] for each in robin.appointments(CLARA)]

        assert starts == ["2026-05-20", "2026-06-24"]
        assert [each["start"][:10] for each in robin.appointments(CLARA, order="LAST")] == starts[::-1]

    def test_from_and_to_are_days_and_both_included(self, robin: Delius) -> None:
        def between(first: str, last: str) -> int:
            return len(robin.appointments(CLARA, from_=first, to=last))

        assert (between("2026-05-20", "2026-06-24"), between("2026-05-21", "2026-06-23")) == (2, 0)
        assert (len(robin.appointments(CLARA, from_=TODAY)), len(robin.appointments(CLARA, to=TODAY))) == (1, 1)

    def test_those_alone_that_have_no_outcome(self, robin: Delius) -> None:
        assert [each["start"][:10] for each in robin.appointments(CLARA, withoutOutcome="true")] == ["2026-06-24"]

    def test_pages_hold_each_appointment_once(self, robin: Delius) -> None:
        pages = [found(robin.get(f"cases/{JACK}/appointments", size=5, page=page)) for page in range(3)]

        assert [len(page["appointments"]) for page in pages] == [5, 5, 2]
        assert {(page["totalElements"], page["totalPages"]) for page in pages} == {(12, 3)}
        assert len({each["contactId"] for page in pages for each in page["appointments"]}) == 12

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("from", "soon"),
            ("to", "2026-02-30"),
            ("order", "UP"),
            ("withoutOutcome", "maybe"),
            ("size", 101),
            ("page", -1),
        ],
    )
    def test_a_query_that_is_not_understood_is_refused(self, robin: Delius, field: str, value: Any) -> None:
        assert refused(robin.get(f"cases/{BRIAN}/appointments", **{field: value}), field)

    def test_old_rar_categories_are_shown(self, robin: Delius) -> None:
        old = [each["oldRarCategory"] for each in robin.appointments(JACK) if "oldRarCategory" in each]

        assert len(old) == 3
        assert old[0]["category"] == {"code": "ATT", "description": "Attitudes, thinking and behaviour"}
        assert old[0]["subCategory"]["description"] == "Thinking skills"

    def test_one_is_read_by_its_id_and_by_its_reference(self, robin: Delius) -> None:
        reference = appointment_reference()
        made = robin.booked(reference=reference)

        assert robin.appointment(made["contactId"]) == made
        assert found(robin.get(f"cases/{BRIAN}/appointments/{reference}")) == made

    def test_one_of_another_person_is_not_found(self, robin: Delius) -> None:
        reference = appointment_reference()
        made = robin.booked(reference=reference)

        assert robin.get(f"cases/{CLARA}/contacts/{made['contactId']}").status_code == 404
        assert robin.get(f"cases/{CLARA}/appointments/{reference}").status_code == 404

    def test_a_soft_deleted_one_is_not_found_and_not_listed(self, robin: Delius, frozen: Simulator) -> None:
        reference = appointment_reference()
        contact_id = robin.booked(reference=reference)["contactId"]
        frozen.change_contact(contact_id, softDeleted=True)

        assert robin.get(f"cases/{BRIAN}/contacts/{contact_id}").status_code == 404
        assert robin.get(f"cases/{BRIAN}/appointments/{reference}").status_code == 404
        assert contact_id not in {each["contactId"] for each in robin.appointments()}

    def test_a_contact_that_is_no_appointment_is_not_found(self, robin: Delius, frozen: Simulator) -> None:
        email = frozen.add_contact(BRIAN, type="CEML", start=at("10:00"), end=None)

        assert robin.get(f"cases/{BRIAN}/contacts/{email['contactId']}").status_code == 404

    def test_sensitive_notes_are_absent_for_a_user_who_is_not_of_the_managing_team(
        self, robin: Delius, jo: Delius
    ) -> None:
        secret, plain = robin.booked(sensitive=True), robin.booked(start=at("12:00"), end=at("13:00"))

        assert "notes" in robin.appointment(secret["contactId"])
        assert "notes" not in jo.appointment(secret["contactId"])
        assert "notes" in jo.appointment(plain["contactId"])

    def test_the_version_goes_up_with_each_change(self, robin: Delius, frozen: Simulator) -> None:
        contact_id = robin.booked()["contactId"]
        frozen.change_contact(contact_id, notes="Others.")

        assert robin.appointment(contact_id)["version"] == 2
