"""What Delius API accepts, refuses and does when a contact is patched or deleted."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.delius import TOMORROW, YESTERDAY, Delius, refused
from tests.simulator_process import Simulator


def change(caller: Delius, contact_id: int, **values: Any) -> requests.Response:
    """Set fields of a contact."""
    patch = [{"op": "add", "path": f"/{name}", "value": value} for name, value in values.items()]
    return caller.delius("PATCH", f"contact/{contact_id}", patch)


def test_a_patch_changes_what_it_names_and_nothing_else(robin: Delius, frozen: Simulator) -> None:
    contact_id = robin.booked()
    [before] = frozen.contacts("X000001")

    answer = change(robin, contact_id, notes="Written later.", sensitive=True)

    assert answer.status_code == 200
    assert answer.json()["notes"] == "Written later."
    assert frozen.contacts("X000001") == [{**before, "notes": "Written later.", "sensitive": True}]


def test_an_appointment_can_be_moved(robin: Delius, frozen: Simulator) -> None:
    contact_id = robin.booked()

    assert change(robin, contact_id, date="2026-06-12", startTime="14:00:00", endTime="15:00").status_code == 200

    [kept] = frozen.contacts("X000001")
    assert (kept["start"], kept["end"]) == ("2026-06-12T14:00", "2026-06-12T15:00")


def test_moving_an_appointment_within_its_own_time_is_no_clash(robin: Delius) -> None:
    assert change(robin, robin.booked(), startTime="10:30:00").status_code == 200


def test_moving_an_appointment_onto_another_clashes(robin: Delius) -> None:
    robin.booked()
    other = robin.booked(appointmentStart=f"{TOMORROW}T12:00:00+01:00", appointmentEnd=f"{TOMORROW}T13:00:00+01:00")

    assert change(robin, other, startTime="10:30:00").status_code == 409


def test_a_patched_contact_meets_the_rules_of_a_new_one(robin: Delius) -> None:
    contact_id = robin.booked()

    assert refused(change(robin, contact_id, officeLocation="N90MIL"), "does not exist at office location")
    assert refused(change(robin, contact_id, officeLocation=None), "Location is required")
    assert refused(change(robin, contact_id, date=YESTERDAY), "requires an outcome")
    assert refused(change(robin, contact_id, endTime="09:00"), "The end must be after the start")
    assert refused(change(robin, contact_id, outcome="NOSUCH"), "does not exist")
    assert refused(change(robin, contact_id, notes="n" * 4001), "notes size")
    assert refused(change(robin, contact_id, startTime="ten"), "startTime is not a valid time")
    assert refused(change(robin, contact_id, description="d" * 201), "description size")


@pytest.mark.parametrize(("field", "value"), [("type", "CHVS"), ("offenderCrn", "X000002"), ("rarActivity", True)])
def test_what_a_contact_is_and_whose_it_is_cannot_be_changed(robin: Delius, field: str, value: Any) -> None:
    assert refused(change(robin, robin.booked(), **{field: value}), f"{field} cannot be changed")


def test_an_outcome_can_be_recorded(robin: Delius, frozen: Simulator) -> None:
    contact_id = frozen.contacts("X000002")[0]["contactId"]

    answer = change(robin, contact_id, outcome="AFTA", enforcement="WLS")

    assert answer.status_code == 200
    assert answer.json()["outcomeDescription"] == "Failed to Attend"
    assert frozen.contacts("X000002")[0]["enforcement"] == "WLS"


def test_a_deleted_contact_stays_in_the_record_and_leaves_the_lists(robin: Delius, frozen: Simulator) -> None:
    contact_id = robin.booked()

    assert robin.delius("DELETE", f"contact/{contact_id}").status_code == 200

    assert frozen.contacts("X000001")[0]["softDeleted"]
    assert robin.person("X000001", "/appointments").json() == []
    assert robin.person("X000001", "/contact-summary").json()["content"] == []
    assert robin.person("X000001", f"/appointments/{contact_id}").status_code == 404


def test_an_unknown_or_deleted_contact_is_not_found(robin: Delius) -> None:
    contact_id = robin.booked()
    robin.delius("DELETE", f"contact/{contact_id}")

    assert robin.delius("DELETE", f"contact/{contact_id}").status_code == 404
    assert change(robin, contact_id, notes="x").status_code == 404
    assert change(robin, 1, notes="x").status_code == 404


def test_the_providers_authority_is_needed(robin: Delius, acting_for: Callable[[str | None], Delius]) -> None:
    contact_id = robin.booked()
    nobody = acting_for(None)

    assert change(nobody, contact_id, notes="x").status_code == 403
    assert nobody.delius("DELETE", f"contact/{contact_id}").status_code == 403


def test_a_user_kept_from_the_record_may_neither_patch_nor_delete(robin: Delius, frozen: Simulator) -> None:
    added = frozen.add_contact(
        "X000011", start=f"{TOMORROW}T10:00", end=f"{TOMORROW}T11:00", officeLocationCode="N90HAR"
    )

    assert change(robin, added["contactId"], notes="x").status_code == 403
    assert robin.delius("DELETE", f"contact/{added['contactId']}").status_code == 403
