"""The control API: resetting, the clock, switches, the record read back and filled by hand, the log of requests."""

import time
from typing import Any

import pytest
import requests

from tests.contract.document import operations
from tests.simulator.delius import BRIAN, CLARA, NOW, TODAY, TOMORROW, TOOLKIT, Delius, at, nsi_reference
from tests.simulator_process import Simulator


class TestReset:
    def test_it_takes_back_what_was_written(self, robin: Delius, frozen: Simulator) -> None:
        before = (frozen.nsis(), frozen.contacts())
        robin.made_nsi()
        robin.booked()
        frozen.switch(tokenSeconds=5)
        frozen.change_nsi_type("TKDEV", allowsDuplicates=False, selectable=False)

        frozen.reset(now=NOW)

        assert (frozen.nsis(), frozen.contacts(), frozen.requests()) == (*before, [])
        assert robin.put_nsi().status_code == 201

    def test_it_is_fast(self, frozen: Simulator) -> None:
        began = time.perf_counter()
        for _ in range(5):
            frozen.reset(now=NOW)

        assert (time.perf_counter() - began) / 5 < 0.2

    def test_dates_of_the_data_are_relative_to_the_clock(self, frozen: Simulator) -> None:
        frozen.reset(now="2030-01-15T12:00:00Z")

        assert [item["start"][:10] for item in frozen.contacts("X000002")] == ["2029-12-25", "2030-01-29"]

    def test_an_unknown_data_set_is_refused(self, frozen: Simulator) -> None:
        with pytest.raises(AssertionError, match="There is no data set 'none'"):
            frozen.reset(dataset="none")


class TestClock:
    def test_a_frozen_clock_stands_still(self, frozen: Simulator) -> None:
        assert health(frozen)["now"] == NOW == health(frozen)["now"]

    def test_a_clock_runs_again(self, frozen: Simulator) -> None:
        frozen.freeze(None)

        assert health(frozen)["now"] != NOW

    def test_an_instant_without_an_offset_is_london_time(self, frozen: Simulator) -> None:
        frozen.freeze("2026-06-10T10:00:00")

        assert health(frozen)["now"] == NOW

    def test_what_is_no_instant_is_refused(self, frozen: Simulator) -> None:
        with pytest.raises(AssertionError, match="400"):
            frozen.freeze("soon")


@pytest.mark.parametrize("switches", [{"noSuch": True}, {"tokenSeconds": "long"}, {"tokenSeconds": 0.5}])
def test_a_switch_that_is_none_is_refused(frozen: Simulator, switches: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="400"):
        frozen.switch(**switches)


def test_an_unknown_nsi_type_is_not_found(frozen: Simulator) -> None:
    with pytest.raises(AssertionError, match="404"):
        frozen.allow_duplicates("NOSUCH", False)


class TestRecord:
    def test_everybodys_records_are_read_back_unless_a_person_is_named(self, frozen: Simulator) -> None:
        assert {item["crn"] for item in frozen.nsis()} > {CLARA}
        assert {item["crn"] for item in frozen.nsis(CLARA)} == {CLARA}
        assert {item["crn"] for item in frozen.contacts(CLARA)} == {CLARA}

    def test_an_nsi_put_in_by_hand_hangs_from_the_rar_requirement(self, robin: Delius, frozen: Simulator) -> None:
        reference = nsi_reference()
        added = frozen.add_nsi(BRIAN, TOOLKIT, externalReference=reference, referralDate="2026-01-01")

        assert added in frozen.nsis(BRIAN)
        assert added["requirementId"] == robin.requirement()["requirementId"]
        assert (added["status"], added["active"], added["team"], added["createdBy"]) == (
            "INPROG",
            True,
            "N90AAA",
            "BY.HAND",
        )
        assert (added["externalReference"], added["referralDate"]) == (reference, "2026-01-01")

    def test_an_nsi_put_in_by_hand_may_be_ended_or_deleted_or_without_a_requirement(self, frozen: Simulator) -> None:
        ended = frozen.add_nsi(BRIAN, TOOLKIT, startDate=TODAY, endDate=TODAY, status="COMPL")
        deleted = frozen.add_nsi(BRIAN, TOOLKIT, softDeleted=True, requirementId=None)

        assert not ended["active"]
        assert (deleted["softDeleted"], deleted["requirementId"]) == (True, None)

    def test_an_nsi_can_be_soft_deleted_by_hand(self, frozen: Simulator) -> None:
        [before] = frozen.nsis(CLARA)
        frozen.soft_delete_nsi(before["nsiId"])

        assert frozen.nsis(CLARA) == [{**before, "softDeleted": True}]

    def test_an_nsi_can_be_ended_by_hand_and_opened_again(self, frozen: Simulator) -> None:
        [before] = frozen.nsis(CLARA)
        frozen.end_nsi(before["nsiId"], TODAY)

        assert frozen.nsis(CLARA) == [{**before, "endDate": TODAY, "active": False}]
        frozen.end_nsi(before["nsiId"], None)
        assert frozen.nsis(CLARA) == [before]

    def test_an_nsi_taken_out_of_the_record_leaves_its_contacts(self, frozen: Simulator) -> None:
        [nsi] = frozen.nsis(CLARA)
        before = [each["contactId"] for each in frozen.contacts(CLARA)]
        frozen.remove_nsi(nsi["nsiId"])

        assert frozen.nsis(CLARA) == []
        assert [(each["contactId"], each["nsiId"]) for each in frozen.contacts(CLARA)] == [
            (each, None) for each in before
        ]

    def test_an_nsi_or_contact_that_is_not_there_is_not_found(self, frozen: Simulator) -> None:
        for change in (
            lambda: frozen.soft_delete_nsi(1),
            lambda: frozen.end_nsi(1, TODAY),
            lambda: frozen.remove_nsi(1),
            lambda: frozen.change_contact(1, notes="Others."),
        ):
            with pytest.raises(AssertionError, match="404"):
                change()

    def test_a_contact_put_in_by_hand_meets_no_rule(self, frozen: Simulator) -> None:
        added = [
            frozen.add_contact(BRIAN, start=f"{TOMORROW}T09:00:00Z", end=f"{TOMORROW}T10:00:00Z") for _ in range(2)
        ]

        assert [item["start"] for item in added] == [f"{TOMORROW}T10:00"] * 2

    def test_a_contact_can_be_changed_by_hand_and_its_version_goes_up(self, frozen: Simulator) -> None:
        before = frozen.contacts(CLARA)[-1]
        changes = {"notes": "Others.", "sensitive": True, "outcome": "ATTC", "softDeleted": True, "nsiId": None}
        changed = frozen.change_contact(before["contactId"], start=at("15:00"), end=at("16:00"), **changes)

        assert changed == {
            **before,
            **changes,
            "start": f"{TOMORROW}T15:00",
            "end": f"{TOMORROW}T16:00",
            "version": before["version"] + 1,
        }

    def test_what_the_record_cannot_hold_is_refused(self, frozen: Simulator) -> None:
        with pytest.raises(AssertionError, match="The record cannot hold this"):
            frozen.add_nsi(BRIAN, "NOSUCH")
        with pytest.raises(AssertionError, match="404"):
            frozen.add_nsi("X999999", TOOLKIT)
        with pytest.raises(AssertionError, match="400"):
            frozen.change_contact(frozen.contacts(CLARA)[0]["contactId"], noSuch=1)


class TestRequestLog:
    def test_a_request_is_kept_as_it_was_sent(self, robin: Delius, frozen: Simulator) -> None:
        frozen.clear_requests()
        robin.get(f"cases/{CLARA}/nsis", includeSoftDeleted="true", typeCode=["TKCAC", "TKDEV"])

        [entry] = frozen.requests()
        assert entry == {
            "sequence": 1,
            "method": "GET",
            "operation": "getNsis",
            "path": f"/delius/cases/{CLARA}/nsis",
            "query": {"includeSoftDeleted": "true", "typeCode": ["TKCAC", "TKDEV"]},
            "contentType": "",
            "body": None,
            "status": 200,
            "milliseconds": entry["milliseconds"],
            "correlationId": None,
            "username": "ROBIN.SAMPLE",
        }

    def test_the_body_and_the_correlation_id_are_kept(self, robin: Delius, frozen: Simulator) -> None:
        body = robin.nsi_body(length=5)
        robin.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", body, headers={"X-Correlation-Id": "abc-1"})

        [entry] = frozen.requests("putNsi")
        assert (entry["body"], entry["correlationId"], entry["status"]) == (body, "abc-1", 400)

    def test_requests_are_numbered_in_the_order_they_arrived(self, robin: Delius, frozen: Simulator) -> None:
        frozen.clear_requests()
        robin.get("appointment-types")
        robin.case()

        assert [(entry["sequence"], entry["operation"]) for entry in frozen.requests()] == [
            (1, "getAppointmentTypes"),
            (2, "getCase"),
        ]

    def test_a_request_left_without_an_answer_has_no_status(self, robin: Delius, frozen: Simulator) -> None:
        frozen.fault("getCase", "drop_after")
        with pytest.raises(requests.ConnectionError):
            robin.case()

        assert [entry["status"] for entry in frozen.requests("getCase")] == [None]

    def test_secrets_are_not_kept(self, frozen: Simulator) -> None:
        frozen.user_token("ROBIN.SAMPLE")

        assert "code" not in frozen.requests("token")[-1]["body"]
        assert frozen.requests("token")[-1]["body"]["grant_type"] == "authorization_code"

    @pytest.mark.parametrize(("name", "method", "path"), [(name, *each) for name, each in operations().items()])
    def test_every_operation_of_the_document_has_its_name_and_can_be_spoiled_by_it(
        self, robin: Delius, frozen: Simulator, name: str, method: str, path: str
    ) -> None:
        identities = {
            "username": "ROBIN.SAMPLE",
            "crn": BRIAN,
            "externalReference": nsi_reference(),
            "contactId": 1,
            "typeCode": "COAP",
            "teamCode": "N90AAA",
        }
        frozen.fault(name, "status", status=418)

        assert robin.send(method, path.removeprefix("/").format(**identities)).status_code == 418
        assert frozen.requests()[-1]["operation"] == name


def health(simulator: Simulator) -> dict[str, Any]:
    """What the simulator says of itself."""
    answer: dict[str, Any] = requests.get(f"{simulator.base_url}/control/health", timeout=5).json()
    return answer
