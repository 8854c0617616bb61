"""The demonstration's people: each is an example of something."""

from typing import Any

import pytest

from tests.simulator.delius import BRIAN, DEV, EDIE, FRANK, JACK, TOOLKIT, Delius
from tests.simulator_process import Simulator

PEOPLE = [f"X0000{number:02}" for number in range(1, 30) if number not in (11, 12)]


def rars_in_force(caller: Delius, crn: str) -> list[dict[str, Any]]:
    """RAR requirements in force on active events of a person."""
    return [
        requirement
        for event in caller.case(crn)["events"]
        for requirement in event["requirements"]
        if requirement["mainCategory"]["code"] == "F" and requirement.get("terminationDate", "9") > "2026-06-10"
    ]


def test_people_have_one_two_or_no_rar_requirement_in_force(nobody: Delius) -> None:
    counts = {crn: len(rars_in_force(nobody, crn)) for crn in PEOPLE}

    assert {crn for crn, count in counts.items() if count == 2} == {"X000006", "X000024"}
    assert {crn for crn, count in counts.items() if count == 0} == {"X000007", "X000008", "X000010", "X000027"}


def test_people_have_no_one_two_a_soft_deleted_or_an_ended_nsi(frozen: Simulator) -> None:
    def kept(crn: str) -> list[tuple[str, bool, bool]]:
        return [(nsi["type"], nsi["active"], nsi["softDeleted"]) for nsi in frozen.nsis(crn)]

    assert kept("X000013") == []
    assert kept("X000002") == [("TKCAC", True, False)]
    assert kept(DEV) == [("TKCAC", True, False)] * 2
    assert kept(EDIE) == [("TKDEV", True, True)]
    assert kept(FRANK) == [("TKMAP", False, False)]


def test_one_of_two_duplicates_has_more_appointments(frozen: Simulator) -> None:
    first, second = (item["nsiId"] for item in frozen.nsis(DEV))
    linked = [item["nsiId"] for item in frozen.contacts(DEV)]

    assert (linked.count(first), linked.count(second)) == (3, 1)


def test_brian_has_no_nsi_of_the_toolkit_that_is_booked_and_two_completed_days_of_20(
    nobody: Delius, frozen: Simulator
) -> None:
    rar = nobody.rar(BRIAN)

    assert TOOLKIT not in {nsi["type"] for nsi in frozen.nsis(BRIAN)}
    assert (rar["ordered"], rar["completed"], rar["booked"]) == (20, 2, 0)


def test_rar_days_and_the_schedule_agree(nobody: Delius) -> None:
    for crn in PEOPLE:
        shown = {
            each["start"][:10]
            for each in nobody.appointments(crn, size=100)
            if each["countsTowardsRar"] and each.get("outcome", {}).get("attended")
        }
        counted = [
            each["rar"]["completed"]
            for event in nobody.case(crn)["events"]
            for each in event["requirements"]
            if "rar" in each
        ]
        assert sum(counted) == len(shown), crn


def test_nothing_of_the_past_is_without_an_outcome_but_for_one_person(nobody: Delius) -> None:
    due = {crn for crn in PEOPLE if nobody.appointments(crn, withoutOutcome="true", to="2026-06-09")}

    assert due == {"X000029"}


def test_today_is_completed_for_one_person(nobody: Delius) -> None:
    today = nobody.appointments("X000025", from_="2026-06-10", to="2026-06-10")

    assert [each["outcome"]["attended"] for each in today] == [True]


def test_managers_are_of_four_teams(nobody: Delius) -> None:
    teams: dict[str, set[str]] = {}
    for crn in PEOPLE:
        teams.setdefault(nobody.case(crn)["manager"]["team"]["code"], set()).add(crn)

    assert {team: crns for team, crns in teams.items() if team != "N90AAA"} == {
        "N90BBB": {"X000014", "X000018"},
        "N90CCC": {"X000015"},
        "N90DDD": {"X000016"},
    }


def test_old_rar_categories_are_in_one_persons_history(frozen: Simulator) -> None:
    old = [item for item in frozen.contacts() if item["rarCategory"]]

    assert {item["crn"] for item in old} == {JACK}
    assert all(item["outcome"] == "ATTC" and item["nsiId"] is None and item["rarSubCategory"] for item in old)


@pytest.mark.parametrize(
    "now", ["2024-02-29T12:00:00Z", "2026-03-29T01:30:00Z", "2026-10-25T01:30:00Z", "2026-06-10T00:10:00+01:00"]
)
def test_the_data_loads_on_any_day(frozen: Simulator, now: str) -> None:
    expected = len(frozen.contacts())
    frozen.reset(now=now)

    assert len(frozen.contacts()) == expected
