"""What came of an appointment (putOutcome)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.simulator.delius import BRIAN, TODAY, Delius, at, conflicts, found, refused
from tests.simulator_process import Simulator

OTTO = "X000029"


@pytest.fixture
def past(robin: Delius) -> dict[str, Any]:
    """Otto's first session, of two weeks ago, which has no outcome yet."""
    return robin.appointments(OTTO)[0]


def test_an_outcome_is_recorded(robin: Delius, past: dict[str, Any]) -> None:
    recorded = found(robin.record(past, OTTO))

    assert recorded["outcome"] == {
        "code": "ATTC",
        "description": "Attended - Complied",
        "attended": True,
        "complied": True,
    }
    assert recorded["version"] == past["version"] + 1
    assert robin.appointment(past["contactId"], OTTO) == recorded


def test_an_outcome_must_be_one_of_the_types(robin: Delius, past: dict[str, Any]) -> None:
    assert refused(robin.record(past, OTTO, outcomeCode="NOSUCH"), "outcomeCode")
    assert refused(robin.record(past, OTTO, outcomeCode="UHVN", enforcementActionCode="ROM"), "outcomeCode")


@pytest.mark.parametrize("code", ["RSOF", "RSSR"])
def test_rescheduled_is_recorded_by_rescheduling_alone(robin: Delius, past: dict[str, Any], code: str) -> None:
    assert refused(robin.record(past, OTTO, outcomeCode=code), "outcomeCode")


def test_it_can_be_recorded_from_the_appointments_start(robin: Delius, frozen: Simulator) -> None:
    made = robin.booked(start=at("10:30", TODAY), end=at("11:00", TODAY))

    assert refused(robin.record(made), "outcomeCode")
    frozen.freeze(at("10:30", TODAY))
    assert robin.record(made).status_code == 200


class TestChanging:
    def test_it_can_be_changed_with_the_version_that_was_read(self, robin: Delius, past: dict[str, Any]) -> None:
        recorded = robin.record(past, OTTO).json()
        changed = found(robin.record(recorded, OTTO, outcomeCode="AAAA"))

        assert changed["outcome"]["code"] == "AAAA"

    def test_where_the_appointment_has_changed_since_it_conflicts(
        self, robin: Delius, frozen: Simulator, past: dict[str, Any]
    ) -> None:
        frozen.change_contact(past["contactId"], notes="Others.")

        assert conflicts(robin.record(past, OTTO), "CHANGED")

    def test_another_outcome_with_an_old_version_conflicts(self, robin: Delius, past: dict[str, Any]) -> None:
        robin.record(past, OTTO)

        assert conflicts(robin.record(past, OTTO, outcomeCode="AAAA"), "CHANGED")


class TestRepeating:
    def test_the_same_outcome_changes_nothing(self, robin: Delius, past: dict[str, Any]) -> None:
        first = robin.record(past, OTTO).json()

        assert found(robin.record(past, OTTO)) == first

    def test_the_same_request_changes_nothing_though_the_version_is_an_old_one(
        self, robin: Delius, past: dict[str, Any]
    ) -> None:
        key = uuid4()
        first = robin.record(past, OTTO, key=key, notes="Came late.").json()

        assert found(robin.record(past, OTTO, key=key, notes="Came late.")) == first

    def test_notes_are_added_to_the_end_once_for_each_request_id(self, robin: Delius, past: dict[str, Any]) -> None:
        first = robin.record(past, OTTO, notes="Came late.").json()
        second = robin.record(first, OTTO, notes="Said sorry.").json()

        assert first["notes"] == f"{past['notes']}\n\nCame late."
        assert second["notes"] == f"{first['notes']}\n\nSaid sorry."

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
    def test_a_request_id_is_demanded_and_is_a_uuid(
        self, robin: Delius, past: dict[str, Any], headers: dict[str, str]
    ) -> None:
        body = {"version": past["version"], "outcomeCode": "ATTC"}

        answer = robin.put(f"cases/{OTTO}/contacts/{past['contactId']}/outcome", body, headers=headers)
        assert refused(answer, "Idempotency-Key")


class TestAbsence:
    def test_absent_and_unacceptable_demands_an_enforcement_action(self, robin: Delius, past: dict[str, Any]) -> None:
        assert refused(robin.record(past, OTTO, outcomeCode="AFTA"), "enforcementActionCode")
        recorded = found(robin.record(past, OTTO, outcomeCode="AFTA", enforcementActionCode="ROM"))
        assert recorded["outcome"]["enforcementAction"]["code"] == "ROM"

    def test_the_action_must_be_one_that_the_outcome_lists(self, robin: Delius, past: dict[str, Any]) -> None:
        assert refused(
            robin.record(past, OTTO, outcomeCode="AFTA", enforcementActionCode="XXX"), "enforcementActionCode"
        )
        assert refused(robin.record(past, OTTO, enforcementActionCode="ROM"), "enforcementActionCode")

    @pytest.mark.parametrize(("code", "action"), [("AAAA", None), ("AFTC", "WLS"), ("AFTC", None)])
    def test_what_is_acceptable_or_attended_demands_none(
        self, robin: Delius, past: dict[str, Any], code: str, action: str | None
    ) -> None:
        more = {"enforcementActionCode": action} if action else {}

        assert robin.record(past, OTTO, outcomeCode=code, **more).status_code == 200

    def test_an_outcome_that_lists_no_action_demands_none(self, robin: Delius, frozen: Simulator) -> None:
        visit = frozen.add_contact(BRIAN, type="CHVS", start=at("09:00", TODAY), end=at("09:30", TODAY))

        assert robin.record(robin.appointment(visit["contactId"]), outcomeCode="UHVN").status_code == 200


class TestRarFlag:
    def test_absence_takes_it_away_and_attendance_sets_it(self, robin: Delius, past: dict[str, Any]) -> None:
        absent = robin.record(past, OTTO, outcomeCode="AAAA").json()
        attended = robin.record(absent, OTTO).json()

        assert (past["countsTowardsRar"], absent["countsTowardsRar"], attended["countsTowardsRar"]) == (
            True,
            False,
            True,
        )

    def test_attendance_sets_it_straight_on_a_rar_requirement(self, robin: Delius, frozen: Simulator) -> None:
        requirement_id = robin.requirement()["requirementId"]
        added = frozen.add_contact(
            BRIAN, start=at("09:00", TODAY), end=at("09:30", TODAY), requirementId=requirement_id, rarActivity=False
        )

        assert robin.record(robin.appointment(added["contactId"])).json()["countsTowardsRar"] is True

    def test_attendance_leaves_it_where_the_appointment_hangs_from_the_event(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        added = frozen.add_contact(BRIAN, start=at("09:00", TODAY), end=at("09:30", TODAY))

        assert robin.record(robin.appointment(added["contactId"])).json()["countsTowardsRar"] is False


class TestSensitivity:
    def test_it_can_be_set_later(self, robin: Delius, past: dict[str, Any]) -> None:
        assert robin.record(past, OTTO, sensitive=True).json()["sensitive"] is True

    def test_it_is_never_taken_away(self, robin: Delius, past: dict[str, Any]) -> None:
        sensitive = robin.record(past, OTTO, sensitive=True).json()

        assert robin.record(sensitive, OTTO, outcomeCode="AAAA", sensitive=False).json()["sensitive"] is True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("outcomeCode", "O" * 11),
        ("enforcementActionCode", "E" * 11),
        ("notes", "🙂" * 2001),
        ("sensitive", "no"),
    ],
)
def test_a_value_that_the_document_rules_out_is_refused_by_name(
    robin: Delius, past: dict[str, Any], field: str, value: Any
) -> None:
    assert refused(robin.record(past, OTTO, **{field: value}), field)


def test_an_appointment_that_is_not_the_persons_or_not_there_is_not_found(
    robin: Delius, frozen: Simulator, past: dict[str, Any]
) -> None:
    assert robin.record(past, BRIAN).status_code == 404
    frozen.change_contact(past["contactId"], softDeleted=True)
    assert robin.record(past, OTTO).status_code == 404
