"""Faults that tests ask for, seen from the client's side of the connection."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.delius import BRIAN, DEV, NOW, TOOLKIT, Delius, nsi_reference
from tests.simulator_process import Simulator

HELD = 0.4
PATIENCE = 0.1


def impatient(caller: Delius, simulator: Simulator) -> requests.Response:
    """Send a sound NSI and wait less long than a held answer takes."""
    token = simulator.token("ROBIN.SAMPLE")
    return requests.put(
        f"{simulator.delius_url}/cases/{BRIAN}/nsis/{nsi_reference()}",
        json=caller.nsi_body(),
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )


def toolkits(simulator: Simulator) -> list[dict[str, Any]]:
    """Brian's NSIs of the toolkit that tests make."""
    return [nsi for nsi in simulator.nsis(BRIAN) if nsi["type"] == TOOLKIT]


def spoiled(caller: Delius) -> requests.Response:
    """Send a sound NSI whose answer need not follow the document."""
    return caller.ask("PUT", f"cases/{BRIAN}/nsis/{nsi_reference()}", json=caller.nsi_body())


def test_a_status_is_answered_and_nothing_is_written(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "status", status=500)

    assert robin.put_nsi().status_code == 500
    assert toolkits(frozen) == []


def test_a_status_may_also_be_answered_after_the_write(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "status_after", status=502)

    assert robin.put_nsi().status_code == 502
    assert len(toolkits(frozen)) == 1


def test_a_status_says_when_to_try_again_where_that_is_asked_for(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getCase", "status", status=429, retryAfter=7)
    frozen.fault("getCase", "status", status=429)

    assert robin.get(f"cases/{BRIAN}", username="ROBIN.SAMPLE").headers["Retry-After"] == "7"
    assert "Retry-After" not in robin.get(f"cases/{BRIAN}", username="ROBIN.SAMPLE").headers


def test_a_connection_dropped_before_the_write_leaves_no_record(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "drop_before")

    with pytest.raises(requests.ConnectionError):
        robin.put_nsi()
    assert toolkits(frozen) == []


def test_a_connection_dropped_after_the_write_leaves_the_record(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putAppointment", "drop_after")

    before = len(frozen.contacts(BRIAN))
    with pytest.raises(requests.ConnectionError):
        robin.book()
    assert len(frozen.contacts(BRIAN)) == before + 1


def test_a_timeout_before_the_write_leaves_no_record(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "timeout_before", seconds=HELD)

    with pytest.raises(requests.Timeout):
        impatient(robin, frozen)
    assert toolkits(frozen) == []


def test_a_timeout_after_the_write_leaves_the_record(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "timeout_after", seconds=HELD)

    with pytest.raises(requests.Timeout):
        impatient(robin, frozen)
    assert len(toolkits(frozen)) == 1


def test_a_client_that_waits_out_a_timeout_learns_what_happened(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "timeout_before", seconds=0.01)
    frozen.fault("putNsi", "timeout_after", seconds=0.01)

    assert robin.put_nsi().status_code == 504
    assert robin.put_nsi().status_code == 201


def test_latency_delays_an_answer_that_is_otherwise_sound(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "latency", seconds=0.05)

    answer = robin.get("appointment-types")

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.05


def test_latency_goes_together_with_another_fault(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "latency", seconds=0.05)
    frozen.fault("getAppointmentTypes", "status", status=503)

    answer = robin.get("appointment-types")

    assert (answer.status_code, answer.elapsed.total_seconds() >= 0.05) == (503, True)


def test_a_malformed_answer_is_no_json_though_the_write_took_effect(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "malformed")

    answer = spoiled(robin)

    assert answer.status_code == 201
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert len(toolkits(frozen)) == 1


def test_a_field_goes_missing_from_an_answer(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "missing_field", field="nsi")

    answer = spoiled(robin).json()

    assert "nsi" not in answer
    assert answer["matchedBy"] == "CREATED"


def test_a_field_goes_missing_from_every_item_of_a_list_and_deep_inside(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getNsis", "missing_field", field="nsis.type.code")

    nsis = robin.ask("GET", f"cases/{DEV}/nsis").json()["nsis"]

    assert len(nsis) == 2
    assert all("code" not in nsi["type"] and nsi["type"]["description"] for nsi in nsis)


def test_an_expired_token_is_refused_from_then_on_and_a_new_one_is_not(
    robin: Delius, frozen: Simulator, acting_for: Callable[[str | None], Delius]
) -> None:
    sound, path = robin.nsi_body(), f"cases/{BRIAN}/nsis/{nsi_reference()}"
    frozen.fault("putNsi", "expire_token")

    assert [robin.put(path, sound).status_code for _ in range(2)] == [401, 401]
    assert acting_for("ROBIN.SAMPLE").put(path, sound).status_code == 201


def test_a_token_can_be_refused_too(frozen: Simulator) -> None:
    frozen.fault("token", "status", status=503)

    with pytest.raises(requests.HTTPError, match="503"):
        frozen.token()


def test_a_fault_happens_once_unless_asked_otherwise(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "status", status=503)

    assert [robin.get("appointment-types").status_code for _ in range(2)] == [503, 200]
    assert frozen.faults() == []


def test_a_fault_can_happen_a_number_of_times(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "status", status=503, times=2)

    assert [robin.get("appointment-types").status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_can_happen_until_it_is_cleared(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("*", "status", status=503, times=None)

    assert {robin.get("appointment-types").status_code for _ in range(3)} == {503}
    assert robin.get(f"cases/{BRIAN}", username="ROBIN.SAMPLE").status_code == 503
    frozen.clear_faults()
    assert robin.get("appointment-types").status_code == 200


def test_faults_of_one_operation_happen_in_the_order_they_were_asked_for(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "status", status=502)
    frozen.fault("getAppointmentTypes", "status", status=503)

    assert [robin.get("appointment-types").status_code for _ in range(3)] == [502, 503, 200]


def test_a_fault_leaves_other_operations_alone(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getRiskFlags", "status", status=503)

    assert robin.get(f"cases/{BRIAN}", username="ROBIN.SAMPLE").status_code == 200
    assert robin.get(f"cases/{BRIAN}/risk-flags").status_code == 503


def test_the_control_door_is_never_spoiled(frozen: Simulator) -> None:
    frozen.fault("*", "drop_before", times=None)

    assert toolkits(frozen) == []


def test_a_reset_forgets_faults(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("*", "status", status=503, times=None)
    frozen.reset(now=NOW)

    assert robin.get("appointment-types").status_code == 200


def test_a_request_still_held_at_a_reset_does_not_touch_the_new_records(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("putNsi", "latency", seconds=HELD)
    with pytest.raises(requests.Timeout):
        impatient(robin, frozen)

    frozen.reset(now=NOW)

    frozen.fault("getAppointmentTypes", "latency", seconds=HELD)
    assert robin.get("appointment-types").status_code == 200
    assert toolkits(frozen) == []


def test_a_fault_may_happen_by_chance_and_falls_alike_with_the_same_seed(robin: Delius, frozen: Simulator) -> None:
    def fallen() -> list[int]:
        frozen.seed_faults(7)
        return [robin.get("appointment-types").status_code for _ in range(40)]

    frozen.fault("getAppointmentTypes", "status", status=503, times=None, chance=0.5)

    first, second = fallen(), fallen()
    assert first == second
    assert {200, 503} == set(first)
    assert frozen.faults_happened() == {"status 503": 2 * first.count(503)}


def test_a_fault_that_chance_spares_leaves_room_for_the_next(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "status", status=502, times=None, chance=1e-12)
    frozen.fault("getAppointmentTypes", "status", status=503)

    assert robin.get("appointment-types").status_code == 503


def test_the_log_of_requests_tells_how_long_each_was_held(robin: Delius, frozen: Simulator) -> None:
    frozen.fault("getAppointmentTypes", "latency", seconds=0.05)
    robin.get("appointment-types")

    [entry] = frozen.requests("getAppointmentTypes")
    assert entry["milliseconds"] >= 50


@pytest.mark.parametrize(
    ("operation", "kind", "details", "field"),
    [
        ("noSuch", "status", {}, "operation"),
        ("getCase", "explode", {}, "kind"),
        ("getCase", "missing_field", {}, "field"),
        ("getCase", "latency", {"seconds": "long"}, "seconds"),
        ("getCase", "status", {"times": "often"}, "times"),
        ("getCase", "status", {"times": 0}, "times"),
        ("getCase", "status", {"chance": 0}, "chance"),
        ("getCase", "status", {"chance": 2}, "chance"),
    ],
)
def test_a_fault_that_cannot_happen_is_refused(
    frozen: Simulator, operation: str, kind: str, details: dict[str, Any], field: str
) -> None:
    with pytest.raises(AssertionError, match=f'400 .*"field":"{field}"'):
        frozen.fault(operation, kind, **details)
