"""The crowd: enough people who are alike for many bookings at once."""

import pytest

from tests.simulator.delius import NOW, Delius
from tests.simulator_process import Simulator

CROWD = [f"X1{number:05}" for number in range(1, 61)]


@pytest.fixture
def crowd(frozen: Simulator) -> Simulator:
    frozen.reset(dataset="crowd", now=NOW)
    return frozen


def test_everybody_is_on_robins_caseload_with_a_rar_requirement(crowd: Simulator) -> None:
    caller = Delius(crowd, crowd.token())
    listed = caller.get("users/ROBIN.SAMPLE/cases", size=100).json()
    caller.close()
    assert sorted(each["crn"] for each in listed["cases"]) == CROWD


def test_nobody_has_an_nsi_or_an_appointment_yet(crowd: Simulator) -> None:
    assert (crowd.nsis(), crowd.contacts()) == ([], [])
