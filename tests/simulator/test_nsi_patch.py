"""What Delius API accepts, refuses and does when an NSI is patched."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.delius import NOW, TODAY, YESTERDAY, Delius, refused
from tests.simulator_process import Simulator

LATER = "2026-06-10T10:30:00+01:00"


def change(caller: Delius, nsi_id: int, **values: Any) -> requests.Response:
    """Replace fields of an NSI; a field of the manager is written manager__team."""
    patch = [{"op": "add", "path": f"/{name.replace('__', '/')}", "value": value} for name, value in values.items()]
    return caller.delius("PATCH", f"nsi/{nsi_id}", patch)


def test_a_patch_changes_what_it_names_and_nothing_else(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi()
    before = frozen.nsis("X000001")[0]

    answer = change(robin, nsi_id, notes="Written later.")

    assert answer.status_code == 200
    assert answer.json()["notes"] == "Written later."
    assert frozen.nsis("X000001")[0] == {**before, "notes": "Written later."}


def test_both_content_types_of_json_patch_are_understood(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi()

    for content_type in ("application/json", "application/json-patch+json"):
        answer = requests.patch(
            f"{frozen.delius_url}/v1/nsi/{nsi_id}",
            data='[{"op": "replace", "path": "/notes", "value": "Again."}]',
            headers={"Content-Type": content_type, "Authorization": f"Bearer {frozen.token('ROBIN.SAMPLE')}"},
            timeout=5,
        )
        assert answer.status_code == 200


def test_the_status_date_may_not_go_backwards(robin: Delius) -> None:
    nsi_id = robin.made_nsi(statusDate=f"{TODAY}T09:00:00+01:00")

    answer = change(robin, nsi_id, statusDate=f"{TODAY}T08:59:59+01:00")

    assert refused(answer, "Status date must not be before the existing status date")


def test_the_status_date_may_stay_and_may_move_on(robin: Delius) -> None:
    nsi_id = robin.made_nsi(statusDate=f"{TODAY}T09:00:00+01:00")

    assert change(robin, nsi_id, statusDate=f"{TODAY}T09:00:00+01:00").status_code == 200
    assert change(robin, nsi_id, statusDate=NOW).status_code == 200


def test_a_patched_nsi_meets_the_rules_of_a_new_one(robin: Delius) -> None:
    nsi_id = robin.made_nsi()

    assert refused(change(robin, nsi_id, length=3), "does not support a length")
    assert refused(change(robin, nsi_id, startDate=YESTERDAY), "Start date must not be before the referral date")
    assert refused(change(robin, nsi_id, endDate=TODAY), "End date and outcome")
    assert refused(change(robin, nsi_id, status="NOSUCH"), "not a valid status")
    assert refused(change(robin, nsi_id, notes="n" * 4001), "notes size")
    assert refused(change(robin, nsi_id, manager__staff="N90B001"), "does not exist in team")


def test_a_changed_status_is_written_to_the_contact_log(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi(status="REFER")
    frozen.freeze(LATER)

    assert change(robin, nsi_id, status="INPROG", statusDate=LATER).status_code == 200

    last = frozen.contacts("X000001")[-1]
    assert (last["type"], last["start"]) == ("NSIP", f"{TODAY}T10:30")


def test_an_unchanged_status_is_not_written_again(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi()
    before = frozen.contacts("X000001")

    change(robin, nsi_id, notes="Written later.")

    assert frozen.contacts("X000001") == before


def test_ending_an_nsi_makes_it_inactive_and_is_written_to_the_contact_log(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi(startDate=TODAY)

    assert change(robin, nsi_id, endDate=TODAY, outcome="COMPL", status="COMPL").status_code == 200

    assert not frozen.nsis("X000001")[0]["active"]
    assert [item["type"] for item in frozen.contacts("X000001")][-2:] == ["NSCO", "NTER"]


def test_a_new_manager_takes_over_from_the_old_one(robin: Delius) -> None:
    nsi_id = robin.made_nsi()

    answer = change(robin, nsi_id, manager__team="N90BBB", manager__staff="N90B001")

    event_id = answer.json()["eventId"]
    read = robin.person("X000001", f"/convictions/{event_id}/nsis/{nsi_id}").json()
    assert [(item["team"]["code"], item.get("endDate")) for item in read["nsiManagers"]] == [
        ("N90AAA", TODAY),
        ("N90BBB", None),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("type", "TKMAP"), ("referralDate", YESTERDAY), ("intendedProvider", "N91"), ("offenderCrn", "X000002")],
)
def test_what_an_nsi_is_and_whose_it_is_cannot_be_changed(robin: Delius, field: str, value: str) -> None:
    assert refused(change(robin, robin.made_nsi(), **{field: value}), f"{field} cannot be changed")


@pytest.mark.parametrize(
    "patch",
    [
        {"notes": "not a patch"},
        {},
        ["not an operation"],
        [{"op": "add", "path": "notes", "value": "no slash"}],
        [{"op": "add", "value": "no path"}],
        [{"op": "replace", "path": "/nosuch", "value": 1}],
        [{"op": "replace", "path": "/nosuch/field", "value": 1}],
        [{"op": "replace", "path": "/notes"}],
        [{"op": "shuffle", "path": "/notes"}],
        [{"op": "test", "path": "/notes", "value": "other"}],
    ],
)
def test_what_is_no_patch_is_refused_and_changes_nothing(robin: Delius, frozen: Simulator, patch: Any) -> None:
    nsi_id = robin.made_nsi()
    before = frozen.nsis("X000001")

    assert refused(robin.delius("PATCH", f"nsi/{nsi_id}", patch), "Invalid JSON patch document")
    assert frozen.nsis("X000001") == before


def test_a_patch_may_test_before_it_replaces_and_may_remove(robin: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi(expectedStartDate=TODAY)
    patch = [
        {"op": "test", "path": "/status", "value": "INPROG"},
        {"op": "replace", "path": "/notes", "value": "Tested."},
        {"op": "remove", "path": "/expectedStartDate"},
    ]

    assert robin.delius("PATCH", f"nsi/{nsi_id}", patch).status_code == 200
    kept = frozen.nsis("X000001")[0]
    assert (kept["notes"], kept["expectedStartDate"]) == ("Tested.", None)


def test_an_unknown_or_soft_deleted_nsi_is_not_found(robin: Delius, frozen: Simulator) -> None:
    [deleted] = frozen.nsis("X000004")

    assert change(robin, 1, notes="x").status_code == 404
    assert change(robin, deleted["nsiId"], notes="x").status_code == 404


def test_the_providers_authority_is_needed(robin: Delius, acting_for: Callable[[str | None], Delius]) -> None:
    nsi_id = robin.made_nsi()

    assert change(acting_for(None), nsi_id, notes="x").status_code == 403


def test_a_user_kept_from_the_record_may_not_patch(robin: Delius, frozen: Simulator) -> None:
    nsi_id = frozen.add_nsi("X000011", "TKDEV")["nsiId"]

    assert change(robin, nsi_id, notes="x").status_code == 403
