"""The control door: resetting, the clock, switches, the record read back and filled by hand, the log of requests."""

import time
from typing import Any

import pytest
import requests

from tests.simulator.delius import NOW, TODAY, TOMORROW, Delius
from tests.simulator_process import Simulator

OPERATION_NAMES = {
    "staff_by_username": "staff/username/ROBIN.SAMPLE",
    "eligible_people": "staff/username/ROBIN.SAMPLE/manage-supervisions-eligible-offenders",
    "managed_people": "staff/staffIdentifier/9001/managedOffenders",
    "person": "offenders/crn/X000001",
    "person_all": "offenders/crn/X000001/all",
    "user_access": "offenders/crn/X000001/user/ROBIN.SAMPLE/userAccess",
    "convictions": "offenders/crn/X000001/convictions",
    "requirements": "offenders/crn/X000001/convictions/1/requirements",
    "nsis": "offenders/crn/X000001/convictions/1/nsis",
    "nsi": "offenders/crn/X000001/convictions/1/nsis/1",
    "appointment_types": "appointment-types",
    "office_locations": "teams/N90AAA/office-locations",
    "appointments": "offenders/crn/X000001/appointments",
    "appointment": "offenders/crn/X000001/appointments/1",
    "contact_summary": "offenders/crn/X000001/contact-summary",
    "registrations": "offenders/crn/X000001/registrations",
    "personal_circumstances": "offenders/crn/X000001/personalCircumstances",
}


class TestReset:
    def test_it_takes_back_what_was_written(self, robin: Delius, frozen: Simulator) -> None:
        robin.made_nsi()
        robin.booked()
        frozen.switch(naiveTimes=True, returnsExternalReference=True, tokenSeconds=5)
        frozen.allow_duplicates("TKDEV", False)

        frozen.reset(now=NOW)

        assert (frozen.nsis("X000001"), frozen.contacts("X000001"), frozen.requests()) == ([], [], [])
        assert robin.person("X000002", "/appointments").json()[0]["appointmentStart"].endswith("+01:00")
        assert [robin.create_nsi().status_code for _ in range(2)] == [201, 201]

    def test_it_is_fast(self, frozen: Simulator) -> None:
        began = time.perf_counter()
        for _ in range(5):
            frozen.reset(now=NOW)

        assert (time.perf_counter() - began) / 5 < 0.1

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
        with pytest.raises(AssertionError, match="now is not a valid date-time"):
            frozen.freeze("soon")


@pytest.mark.parametrize("switches", [{"noSuch": True}, {"naiveTimes": "yes"}, {"tokenSeconds": True}])
def test_a_switch_that_is_none_is_refused(frozen: Simulator, switches: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="is not a switch"):
        frozen.switch(**switches)


def test_an_unknown_nsi_type_is_not_found(frozen: Simulator) -> None:
    with pytest.raises(AssertionError, match="404"):
        frozen.allow_duplicates("NOSUCH", False)


class TestRecord:
    def test_everybodys_records_are_read_back_unless_a_person_is_named(self, frozen: Simulator) -> None:
        assert {item["crn"] for item in frozen.nsis()} == {"X000002", "X000003", "X000004", "X000005"}
        assert {item["crn"] for item in frozen.contacts()} == {"X000002", "X000003", "X000005", "X000009"}

    def test_an_nsi_put_in_by_hand_hangs_from_the_rar_requirement(self, robin: Delius, frozen: Simulator) -> None:
        added = frozen.add_nsi("X000001", "TKDEV", externalReference="urn:example:1", referralDate="2026-01-01")

        assert frozen.nsis("X000001") == [added]
        assert added["requirementId"] == robin.requirements("X000001")[0]["requirementId"]
        assert (added["status"], added["active"], added["team"], added["createdBy"]) == (
            "INPROG",
            True,
            "N90AAA",
            "BY.HAND",
        )
        assert (added["externalReference"], added["referralDate"]) == ("urn:example:1", "2026-01-01")

    def test_an_nsi_put_in_by_hand_may_be_ended_or_deleted_or_without_a_requirement(self, frozen: Simulator) -> None:
        ended = frozen.add_nsi("X000001", "TKDEV", startDate=TODAY, endDate=TODAY, outcome="COMPL", status="COMPL")
        deleted = frozen.add_nsi("X000001", "TKDEV", softDeleted=True, requirementId=None)

        assert not ended["active"]
        assert (deleted["softDeleted"], deleted["requirementId"]) == (True, None)

    def test_an_nsi_can_be_soft_deleted_by_hand(self, frozen: Simulator) -> None:
        [before] = frozen.nsis("X000002")
        frozen.soft_delete_nsi(before["nsiId"])

        assert frozen.nsis("X000002") == [{**before, "softDeleted": True}]

    def test_an_nsi_taken_out_of_the_record_leaves_its_contacts(self, frozen: Simulator) -> None:
        [nsi] = frozen.nsis("X000002")
        before = frozen.contacts("X000002")
        frozen.remove_nsi(nsi["nsiId"])

        assert frozen.nsis("X000002") == []
        assert frozen.contacts("X000002") == [{**each, "nsiId": None} for each in before]

    def test_an_nsi_that_is_not_there_is_not_found(self, frozen: Simulator) -> None:
        with pytest.raises(AssertionError, match="404"):
            frozen.soft_delete_nsi(1)
        with pytest.raises(AssertionError, match="404"):
            frozen.remove_nsi(1)

    def test_a_contact_put_in_by_hand_meets_no_rule(self, frozen: Simulator) -> None:
        for _ in range(2):
            frozen.add_contact("X000001", start=f"{TOMORROW}T09:00:00Z", end=f"{TOMORROW}T10:00:00Z")

        assert [item["start"] for item in frozen.contacts("X000001")] == [f"{TOMORROW}T10:00"] * 2

    def test_what_the_record_cannot_hold_is_refused(self, frozen: Simulator) -> None:
        with pytest.raises(AssertionError, match="The record cannot hold this"):
            frozen.add_nsi("X000001", "NOSUCH")
        with pytest.raises(AssertionError, match="404"):
            frozen.add_nsi("X999999", "TKDEV")


class TestRequestLog:
    def test_a_request_is_kept_as_it_was_sent(self, robin: Delius, frozen: Simulator) -> None:
        frozen.clear_requests()
        robin.person("X000002", "/contact-summary", page=0, contactTypes=["COAP", "CHVS"])

        [entry] = frozen.requests()
        assert entry == {
            "sequence": entry["sequence"],
            "method": "GET",
            "operation": "contact_summary",
            "path": "/community-api/secure/offenders/crn/X000002/contact-summary",
            "query": {"page": "0", "contactTypes": ["COAP", "CHVS"]},
            "contentType": "",
            "body": None,
            "status": 200,
            "milliseconds": entry["milliseconds"],
            "correlationId": None,
            "username": "ROBIN.SAMPLE",
        }

    def test_the_body_and_the_correlation_id_are_kept(self, robin: Delius, frozen: Simulator) -> None:
        body = robin.nsi(length=5)
        requests.post(
            f"{frozen.delius_url}/v1/nsi",
            json=body,
            headers={"Authorization": f"Bearer {frozen.token('ROBIN.SAMPLE')}", "X-Correlation-Id": "abc-1"},
            timeout=5,
        )

        [entry] = frozen.requests("create_nsi")
        assert (entry["body"], entry["correlationId"], entry["status"]) == (body, "abc-1", 400)

    def test_requests_are_numbered_in_the_order_they_arrived(self, robin: Delius, frozen: Simulator) -> None:
        frozen.clear_requests()
        robin.community("appointment-types")
        robin.person("X000001")

        assert [(entry["sequence"], entry["operation"]) for entry in frozen.requests()] == [
            (1, "appointment_types"),
            (2, "person"),
        ]

    def test_a_request_left_without_an_answer_has_no_status(self, robin: Delius, frozen: Simulator) -> None:
        frozen.fault("person", "drop_after")
        with pytest.raises(requests.ConnectionError):
            robin.person("X000001")

        assert [entry["status"] for entry in frozen.requests("person")] == [None]

    def test_secrets_are_not_kept(self, frozen: Simulator) -> None:
        frozen.user_token("ROBIN.SAMPLE")

        assert "code" not in frozen.requests("token")[-1]["body"]
        assert frozen.requests("token")[-1]["body"]["grant_type"] == "authorization_code"

    @pytest.mark.parametrize(("name", "path"), OPERATION_NAMES.items())
    def test_every_read_has_its_operation_name_and_can_be_spoiled_by_it(
        self, robin: Delius, frozen: Simulator, name: str, path: str
    ) -> None:
        frozen.fault(name, "status", status=418)

        assert robin.community(path).status_code == 418
        assert frozen.requests()[-1]["operation"] == name

    @pytest.mark.parametrize(
        ("name", "method", "path"),
        [
            ("create_nsi", "POST", "nsi"),
            ("patch_nsi", "PATCH", "nsi/1"),
            ("patch_contact", "PATCH", "contact/1"),
            ("delete_contact", "DELETE", "contact/1"),
        ],
    )
    def test_every_write_has_its_operation_name_and_can_be_spoiled_by_it(
        self, robin: Delius, frozen: Simulator, name: str, method: str, path: str
    ) -> None:
        frozen.fault(name, "status", status=418)

        assert robin.delius(method, path, []).status_code == 418
        assert frozen.requests()[-1]["operation"] == name


def health(simulator: Simulator) -> dict[str, Any]:
    """What the simulator says of itself."""
    answer: dict[str, Any] = requests.get(f"{simulator.base_url}/control/health", timeout=5).json()
    return answer
