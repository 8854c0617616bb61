"""The feed for the mirror (getChanges)."""

import threading
from typing import Any

import pytest

from tests.simulator.delius import BRIAN, CLARA, TODAY, TOOLKIT, Delius, at, nsi_reference, refused
from tests.simulator_process import Simulator

OTHER_TOOLKIT = "TKMAP"


def read_on(caller: Delius, after: str, *types: str, size: int = 500) -> tuple[list[dict[str, Any]], str]:
    """Everything that comes after a place in the feed, and where it ends."""
    changes = []
    while True:
        page = caller.changes(*types, after=after, size=size)
        changes += page["changes"]
        after = page["next"]
        if not page["more"]:
            return changes, after


def whole(caller: Delius, *types: str, size: int = 500) -> list[dict[str, Any]]:
    first = caller.changes(*types, size=size)
    more = read_on(caller, first["next"], *types, size=size)[0] if first["more"] else []
    return [*first["changes"], *more]


@pytest.fixture
def end(nobody: Delius) -> str:
    """Where the feed ends now."""
    first = nobody.changes()
    return read_on(nobody, first["next"])[1]


def identities(changes: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [
        ("nsi", each["nsi"]["nsiId"]) if "nsi" in each else ("appointment", each["appointment"]["contactId"])
        for each in changes
    ]


def test_without_a_place_it_begins_at_the_beginning(nobody: Delius, frozen: Simulator) -> None:
    changes = whole(nobody, "TKCAC")

    nsis = {nsi["nsiId"] for nsi in frozen.nsis() if nsi["type"] == "TKCAC"}
    hanging = {each["contactId"] for each in frozen.contacts() if each["nsiId"] in nsis}
    assert set(identities(changes)) == {("nsi", each) for each in nsis} | {("appointment", each) for each in hanging}


def test_it_has_only_nsis_of_the_types_asked_for_and_appointments_that_hang_from_them(
    robin: Delius, nobody: Delius, end: str
) -> None:
    nsi_id = robin.made_nsi()
    session = robin.session_on(nsi_id)
    robin.booked(CLARA)
    robin.made_nsi(CLARA, typeCode=OTHER_TOOLKIT)

    assert identities(read_on(nobody, end)[0]) == [("nsi", nsi_id), ("appointment", session["contactId"])]
    assert len(read_on(nobody, end, TOOLKIT, OTHER_TOOLKIT)[0]) == 3


def test_each_comes_as_it_is_now(robin: Delius, nobody: Delius, end: str) -> None:
    made = robin.put_nsi().json()["nsi"]
    session = robin.session_on(made["nsiId"])
    [nsi, appointment] = read_on(nobody, end)[0]

    assert nsi == {
        "crn": BRIAN,
        "at": "2026-06-10T10:00:00+01:00",
        "nsi": {**made, "appointmentCount": 1, "lastAppointmentDate": "2026-06-11"},
    }
    assert appointment["appointment"] == session


def test_they_come_in_the_order_in_which_they_changed(
    robin: Delius, nobody: Delius, frozen: Simulator, end: str
) -> None:
    first, second = robin.made_nsi(), robin.made_nsi(CLARA)
    frozen.end_nsi(first, TODAY)

    assert identities(read_on(nobody, end)[0])[-2:] == [("nsi", second), ("nsi", first)]


def test_next_is_where_the_following_call_goes_on(robin: Delius, nobody: Delius, end: str) -> None:
    nsi_id = robin.made_nsi()
    _, place = read_on(nobody, end)
    session = robin.session_on(nsi_id)

    assert identities(read_on(nobody, place)[0]) == [("appointment", session["contactId"])]


def test_next_is_there_also_where_nothing_changed(nobody: Delius, end: str) -> None:
    page = nobody.changes(after=end)

    assert (page["changes"], page["more"]) == ([], False)
    assert page["next"]


def test_changes_by_hand_of_nsis_and_appointments_are_in_it(robin: Delius, nobody: Delius, frozen: Simulator) -> None:
    nsi_id = robin.made_nsi()
    contact_id = robin.session_on(nsi_id)["contactId"]
    _, place = read_on(nobody, nobody.changes()["next"])
    frozen.change_contact(contact_id, start=at("15:00"), end=at("16:00"))
    [moved], place = read_on(nobody, place)
    frozen.end_nsi(nsi_id, TODAY)
    [ended], _ = read_on(nobody, place)

    assert moved["appointment"]["start"] == at("15:00")
    assert ended["nsi"]["endDate"] == TODAY


def test_what_was_soft_deleted_comes_with_soft_deleted(robin: Delius, nobody: Delius, frozen: Simulator) -> None:
    reference = nsi_reference()
    nsi_id = robin.made_nsi(reference=reference)
    contact_id = robin.session_on(nsi_id)["contactId"]
    _, place = read_on(nobody, nobody.changes()["next"])
    frozen.change_contact(contact_id, softDeleted=True)
    robin.withdraw_nsi(reference)
    changes, _ = read_on(nobody, place)

    assert changes[0]["appointment"]["softDeleted"] is True
    assert changes[-1]["nsi"]["softDeleted"] is True


def test_what_no_longer_hangs_from_an_nsi_of_these_types_comes_as_gone(
    robin: Delius, nobody: Delius, frozen: Simulator
) -> None:
    contact_id = robin.session_on(robin.made_nsi())["contactId"]
    _, place = read_on(nobody, nobody.changes()["next"])
    frozen.change_contact(contact_id, nsiId=None)

    [gone], _ = read_on(nobody, place)
    assert (gone["crn"], gone["gone"]) == (BRIAN, {"contactId": contact_id})


def test_an_appointment_moved_to_an_nsi_of_another_type_is_gone_from_the_one_and_in_the_other(
    robin: Delius, nobody: Delius, frozen: Simulator
) -> None:
    contact_id = robin.session_on(robin.made_nsi())["contactId"]
    other = robin.made_nsi(typeCode=OTHER_TOOLKIT)
    _, place = read_on(nobody, nobody.changes()["next"])
    frozen.change_contact(contact_id, nsiId=other)

    [gone], _ = read_on(nobody, place)
    assert gone["gone"] == {"contactId": contact_id}
    [moved], _ = read_on(nobody, place, OTHER_TOOLKIT)
    assert moved["appointment"]["nsi"]["nsiId"] == other
    assert "appointment" in read_on(nobody, place, TOOLKIT, OTHER_TOOLKIT)[0][-1]


def test_an_nsi_taken_out_of_the_record_is_gone_with_its_appointments(
    robin: Delius, nobody: Delius, frozen: Simulator
) -> None:
    nsi_id = robin.made_nsi()
    contact_id = robin.session_on(nsi_id)["contactId"]
    _, place = read_on(nobody, nobody.changes()["next"])
    frozen.remove_nsi(nsi_id)

    gone = [each["gone"] for each in read_on(nobody, place)[0] if "gone" in each]
    assert {"nsiId": nsi_id} in gone
    assert {"contactId": contact_id} in gone


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_pages_of_any_size_miss_nothing(nobody: Delius, size: int) -> None:
    types = ("TKCAC", "TKMAP", "TKDEV", "TKCON", "TKSTE")

    assert set(identities(whole(nobody, *types, size=size))) == set(identities(whole(nobody, *types)))


def test_a_reader_misses_nothing_while_others_write(nobody: Delius, frozen: Simulator, end: str) -> None:
    made: list[int] = []

    def write() -> None:
        made.extend(frozen.add_nsi(BRIAN, TOOLKIT)["nsiId"] for _ in range(30))

    writer = threading.Thread(target=write)
    writer.start()
    seen, place = read_on(nobody, end, size=2)
    while writer.is_alive():
        more, place = read_on(nobody, place, size=2)
        seen += more
    writer.join()
    seen += read_on(nobody, place, size=2)[0]

    assert [each["nsi"]["nsiId"] for each in seen] == made


def test_a_place_in_the_feed_outlives_a_reset_of_the_simulator(nobody: Delius, frozen: Simulator, end: str) -> None:
    frozen.reset(now="2026-06-10T10:00:00+01:00")

    assert len(read_on(nobody, end, "TKCAC")[0]) == len(whole(nobody, "TKCAC"))


@pytest.mark.parametrize(
    ("field", "value"), [("after", "nowhere!"), ("after", "-1"), ("after", "x" * 201), ("size", 0), ("size", 1001)]
)
def test_a_query_that_is_not_understood_is_refused(nobody: Delius, field: str, value: Any) -> None:
    assert refused(nobody.get("changes", nsiTypeCode=TOOLKIT, **{field: value}), field)


def test_the_types_are_demanded(nobody: Delius) -> None:
    assert refused(nobody.get("changes"), "nsiTypeCode")
