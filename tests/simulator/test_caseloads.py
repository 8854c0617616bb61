"""The data set of load tests: 64 practitioners with a caseload each."""

import pytest

from bench.caseloads import CASELOAD, PRACTITIONERS, crn, username
from tests.simulator.delius import NOW, Delius
from tests.simulator_process import Simulator


@pytest.mark.parametrize("practitioner", [1, PRACTITIONERS])
def test_each_practitioner_has_a_caseload_of_their_own_with_a_rar_requirement(
    frozen: Simulator, practitioner: int
) -> None:
    frozen.reset(dataset="caseloads", now=NOW)
    caller = Delius(frozen, frozen.token())
    name = username(practitioner)
    listed = caller.get(f"users/{name}/cases", size=100).json()
    caller.close()
    assert sorted(each["crn"] for each in listed["cases"]) == [
        crn(practitioner, number) for number in range(1, CASELOAD + 1)
    ]


def test_nobody_has_an_nsi_or_an_appointment_yet(frozen: Simulator) -> None:
    frozen.reset(dataset="caseloads", now=NOW)
    assert (frozen.nsis(), frozen.contacts()) == ([], [])
