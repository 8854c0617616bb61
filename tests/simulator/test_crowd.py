"""The crowd: enough people who are alike for many bookings at once."""

import pytest

from tests.simulator.delius import NOW, Delius
from tests.simulator_process import Simulator

CROWD = [f"X1{number:05}" for number in range(1, 41)]


@pytest.fixture
def crowd(frozen: Simulator) -> Simulator:
    frozen.reset(dataset="crowd", now=NOW)
    return frozen


def test_everybody_is_on_robins_caseload_with_a_rar_requirement(crowd: Simulator) -> None:
    caller = Delius(crowd, crowd.token())
    listed = caller.community("staff/username/ROBIN.SAMPLE/manage-supervisions-eligible-offenders?size=100").json()
    caller.close()
    assert sorted(each["crn"] for each in listed["content"]) == CROWD


def test_nobody_has_an_nsi_or_an_appointment_yet(crowd: Simulator) -> None:
    assert (crowd.nsis(), crowd.contacts()) == ([], [])
