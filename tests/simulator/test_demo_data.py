"""The demonstration's people: each is an example of something."""

from typing import Any

import pytest

from tests.simulator.delius import Delius
from tests.simulator_process import Simulator

ALL = [f"X0000{number:02}" for number in range(1, 19)]


def active_rars(caller: Delius, crn: str) -> list[dict[str, Any]]:
    """Active RAR requirements of all active sentences of a person."""
    return [
        item
        for event in caller.person(crn, "/convictions", activeOnly="true").json()
        for item in caller.person(crn, f"/convictions/{event['convictionId']}/requirements", activeOnly="true").json()[
            "requirements"
        ]
        if item["requirementTypeMainCategory"]["code"] == "F" and not item["softDeleted"]
    ]


@pytest.fixture
def anybody(frozen: Simulator) -> Any:
    caller = Delius(frozen, frozen.token())
    yield caller
    caller.close()


def test_people_have_one_two_or_no_active_rar_requirement(anybody: Delius) -> None:
    counts = {crn: len(active_rars(anybody, crn)) for crn in ALL}

    assert {crn for crn, count in counts.items() if count == 2} == {"X000006"}
    assert {crn for crn, count in counts.items() if count == 0} == {"X000007", "X000008", "X000010"}


def test_people_have_no_one_two_a_soft_deleted_or_an_ended_nsi(frozen: Simulator) -> None:
    kept: dict[str, list[tuple[str, bool, bool]]] = {}
    for item in frozen.nsis():
        kept.setdefault(item["crn"], []).append((item["type"], item["active"], item["softDeleted"]))

    assert kept == {
        "X000002": [("TKCAC", True, False)],
        "X000003": [("TKCAC", True, False), ("TKCAC", True, False)],
        "X000004": [("TKDEV", True, True)],
        "X000005": [("TKMAP", False, False)],
    }


def test_one_of_two_duplicates_has_more_appointments(frozen: Simulator) -> None:
    first, second = (item["nsiId"] for item in frozen.nsis("X000003"))
    linked = [item["nsiId"] for item in frozen.contacts("X000003")]

    assert (linked.count(first), linked.count(second)) == (3, 1)


def test_managers_are_of_four_teams(anybody: Delius) -> None:
    teams: dict[str, set[str]] = {}
    for crn in ALL:
        [manager] = [item for item in anybody.person(crn, "/all").json()["offenderManagers"] if item["active"]]
        teams.setdefault(manager["team"]["code"], set()).add(crn)

    assert {team: crns for team, crns in teams.items() if team != "N90AAA"} == {
        "N90BBB": {"X000014", "X000018"},
        "N90CCC": {"X000015"},
        "N90DDD": {"X000016"},
    }


def test_people_without_a_phone_number(anybody: Delius) -> None:
    without = {crn for crn in ALL if "phoneNumbers" not in anybody.person(crn, "/all").json()["contactDetails"]}

    assert without == {"X000010", "X000018"}


def test_old_rar_categories_are_in_one_persons_history(frozen: Simulator) -> None:
    old = [item for item in frozen.contacts() if item["rarCategory"]]

    assert {item["crn"] for item in old} == {"X000009"}
    assert all(item["outcome"] == "ATTC" and item["nsiId"] is None and item["rarSubCategory"] for item in old)


@pytest.mark.parametrize("now", ["2024-02-29T12:00:00Z", "2026-03-29T01:30:00Z", "2026-10-25T01:30:00Z"])
def test_the_data_loads_on_any_day(frozen: Simulator, now: str) -> None:
    frozen.reset(now=now)

    assert len(frozen.contacts()) == 10
