"""RAR days, as the service counts them: days, not appointments."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.simulator.delius import BRIAN, TODAY, TOMORROW, YESTERDAY, Delius, at
from tests.simulator_process import Simulator

NIA = "X000013"
"""20 days ordered, none completed or booked; her order ends on 24 May 2027."""
UNA = "X000019"
"""10 days ordered; her requirement ends in three weeks."""


@pytest.fixture
def nsi_id(frozen: Simulator) -> int:
    """An NSI on Nia's requirement."""
    return int(frozen.add_nsi(NIA, "TKDEV")["nsiId"])


def add(simulator: Simulator, day: str, clock: str = "09:00", **fields: Any) -> dict[str, Any]:
    """An appointment of Nia's on a day."""
    sound = {"start": at(clock, day), "end": None, "rarActivity": True, **fields}
    return simulator.add_contact(NIA, **sound)


def counted(caller: Delius, crn: str = NIA) -> tuple[int, int]:
    days = caller.rar(crn)
    return days["completed"], days["booked"]


def days_ago(number: int) -> str:
    return (date.fromisoformat(TODAY) - timedelta(days=number)).isoformat()


class TestCompletedAndBooked:
    def test_a_day_with_attended_appointments_is_one_completed_day(
        self, robin: Delius, frozen: Simulator, nsi_id: int
    ) -> None:
        for clock in ("09:00", "13:00"):
            add(frozen, YESTERDAY, clock, nsiId=nsi_id, outcome="ATTC")

        assert counted(robin) == (1, 0)

    def test_a_day_to_come_with_appointments_is_one_booked_day(
        self, robin: Delius, frozen: Simulator, nsi_id: int
    ) -> None:
        for clock in ("09:00", "13:00"):
            add(frozen, TOMORROW, clock, nsiId=nsi_id)

        assert counted(robin) == (0, 1)

    @pytest.mark.parametrize("clock", ["00:00", "09:00", "23:30"])
    def test_an_appointment_without_an_outcome_is_booked_all_of_today(
        self, robin: Delius, frozen: Simulator, nsi_id: int, clock: str
    ) -> None:
        add(frozen, TODAY, clock, nsiId=nsi_id)

        assert counted(robin) == (0, 1)

    def test_one_of_an_earlier_day_without_an_outcome_is_neither(
        self, robin: Delius, frozen: Simulator, nsi_id: int
    ) -> None:
        add(frozen, YESTERDAY, nsiId=nsi_id)

        assert counted(robin) == (0, 0)

    def test_a_day_that_is_completed_is_not_booked_as_well(self, robin: Delius, frozen: Simulator, nsi_id: int) -> None:
        add(frozen, TODAY, "09:00", nsiId=nsi_id, outcome="ATTC")
        add(frozen, TODAY, "15:00", nsiId=nsi_id)

        assert counted(robin) == (1, 0)

    @pytest.mark.parametrize("outcome", ["AFTC", "ATTC"])
    def test_attended_is_completed_whether_complied_or_not(
        self, robin: Delius, frozen: Simulator, nsi_id: int, outcome: str
    ) -> None:
        add(frozen, YESTERDAY, nsiId=nsi_id, outcome=outcome)

        assert counted(robin) == (1, 0)

    @pytest.mark.parametrize("day", [YESTERDAY, TODAY, TOMORROW])
    @pytest.mark.parametrize("outcome", ["AFTA", "AAAA", "RSOF"])
    def test_absence_and_rescheduling_are_neither(
        self, robin: Delius, frozen: Simulator, nsi_id: int, outcome: str, day: str
    ) -> None:
        add(frozen, day, nsiId=nsi_id, outcome=outcome)

        assert counted(robin) == (0, 0)

    def test_appointments_straight_on_the_requirement_count_as_those_of_its_nsis(
        self, robin: Delius, frozen: Simulator
    ) -> None:
        add(frozen, YESTERDAY, requirementId=robin.requirement(NIA)["requirementId"], outcome="ATTC")

        assert counted(robin) == (1, 0)

    def test_appointments_of_an_nsi_that_has_ended_count(self, robin: Delius, frozen: Simulator, nsi_id: int) -> None:
        add(frozen, YESTERDAY, nsiId=nsi_id, outcome="ATTC")
        frozen.end_nsi(nsi_id, TODAY)

        assert counted(robin) == (1, 0)

    @pytest.mark.parametrize(
        "fields", [{"rarActivity": False}, {"softDeleted": True}, {"nsiId": None}, {"type": "CEML"}]
    )
    def test_what_has_no_rar_flag_was_soft_deleted_hangs_from_nothing_or_is_no_appointment_does_not_count(
        self, robin: Delius, frozen: Simulator, nsi_id: int, fields: dict[str, Any]
    ) -> None:
        add(frozen, TOMORROW, **{"nsiId": nsi_id, **fields})

        assert counted(robin) == (0, 0)

    def test_one_booked_here_is_a_booked_day_at_once(self, robin: Delius) -> None:
        before = counted(robin, BRIAN)
        robin.session_on(robin.made_nsi())

        assert counted(robin, BRIAN) == (before[0], before[1] + 1)

    def test_a_day_is_one_of_london(self, robin: Delius, frozen: Simulator, nsi_id: int) -> None:
        frozen.freeze("2026-06-10T23:30:00Z")
        add(frozen, TODAY, "20:00", nsiId=nsi_id)
        caller = Delius(frozen, frozen.token("ROBIN.SAMPLE"))

        assert counted(caller) == (0, 0)
        caller.close()


class TestTheLast8Weeks:
    @pytest.mark.parametrize(("days", "recent"), [(0, 1), (1, 1), (55, 1), (56, 0), (90, 0)])
    def test_completed_days_of_the_last_8_weeks_are_told_apart(
        self, robin: Delius, frozen: Simulator, nsi_id: int, days: int, recent: int
    ) -> None:
        add(frozen, days_ago(days), nsiId=nsi_id, outcome="ATTC")

        assert robin.rar(NIA)["completedInLast8Weeks"] == recent


class TestEnd:
    def test_it_is_the_end_of_the_order(self, robin: Delius) -> None:
        assert robin.rar(NIA)["endsOn"] == robin.event(NIA)["order"]["endDate"]

    def test_it_is_the_termination_of_the_requirement_where_that_is_earlier(self, robin: Delius) -> None:
        assert robin.rar(UNA)["endsOn"] == robin.requirement(UNA)["terminationDate"] == "2026-07-01"


class TestAtRisk:
    def test_days_left_without_any_of_late_are_at_risk(self, robin: Delius) -> None:
        assert robin.rar(NIA)["atRisk"] is True

    @pytest.mark.parametrize(("completed", "at_risk"), [(2, True), (3, False)])
    def test_they_are_not_where_the_pace_of_the_last_8_weeks_reaches_the_end(
        self, robin: Delius, frozen: Simulator, nsi_id: int, completed: int, at_risk: bool
    ) -> None:
        """348 days are to come: 2 days in 56 come to 12.4 of the 18 left, 3 days to 18.6 of the 17 left."""
        for number in range(1, completed + 1):
            add(frozen, days_ago(number), nsiId=nsi_id, outcome="ATTC")

        assert (date.fromisoformat(robin.rar(NIA)["endsOn"]) - date.fromisoformat(TODAY)).days == 348
        assert robin.rar(NIA)["atRisk"] is at_risk

    def test_booked_days_are_not_left(self, robin: Delius, frozen: Simulator, nsi_id: int) -> None:
        for number in range(1, 21):
            day = (date.fromisoformat(TODAY) + timedelta(days=number)).isoformat()
            add(frozen, day, nsiId=nsi_id)

        assert (robin.rar(NIA)["booked"], robin.rar(NIA)["atRisk"]) == (20, False)

    def test_nothing_is_where_nothing_was_ordered_in_days(self, robin: Delius) -> None:
        assert robin.rar("X000026")["atRisk"] is False
