"""The data set with one large caseload."""

import pytest

from tests.simulator.delius import NOW, Delius
from tests.simulator_process import Simulator

CROWD = [f"X1{number:05}" for number in range(1, 61)]


@pytest.fixture
def caseload(frozen: Simulator) -> Simulator:
    frozen.reset(dataset="large_caseload", now=NOW)
    return frozen


def test_everybody_is_on_robins_caseload_with_a_rar_requirement(caseload: Simulator) -> None:
    caller = Delius(caseload, caseload.token())
    listed = caller.get("users/ROBIN.SAMPLE/cases", size=100).json()
    caller.close()
    assert sorted(each["crn"] for each in listed["cases"]) == CROWD


def test_nobody_has_an_nsi_or_an_appointment_yet(caseload: Simulator) -> None:
    assert (caseload.nsis(), caseload.contacts()) == ([], [])
