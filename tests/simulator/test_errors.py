"""Answers that say no, and who may ask at all."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.delius import BRIAN, NOW, Delius, appointment_reference, nsi_reference
from tests.simulator_process import Simulator

ROLE = "ROLE_PROBATION_API__RAR_APPOINTMENTS__CASE_DETAIL"


class TestTokens:
    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic cmFyOmJvb2tpbmc="])
    def test_an_absent_or_bad_token_is_unauthorized(self, frozen: Simulator, header: str | None) -> None:
        assert statuses(frozen, header) == {401}

    def test_a_token_signed_by_somebody_else_is_unauthorized(self, frozen: Simulator) -> None:
        head, body, signature = frozen.token().split(".")

        assert statuses(frozen, f"Bearer {head}.{body}.{signature[::-1]}") == {401}

    def test_a_token_that_expired_is_unauthorized(self, frozen: Simulator) -> None:
        header = f"Bearer {frozen.token('ROBIN.SAMPLE')}"

        frozen.freeze("2026-06-10T10:59:59+01:00")
        assert 401 not in statuses(frozen, header)
        frozen.freeze("2026-06-10T11:00:00+01:00")
        assert statuses(frozen, header) == {401}

    def test_how_long_tokens_last_can_be_set(self, frozen: Simulator) -> None:
        frozen.switch(tokenSeconds=30)
        header = f"Bearer {frozen.token('ROBIN.SAMPLE')}"

        frozen.freeze("2026-06-10T10:00:30+01:00")
        assert statuses(frozen, header) == {401}

    def test_tokens_outlive_a_reset(self, frozen: Simulator) -> None:
        header = f"Bearer {frozen.token('ROBIN.SAMPLE')}"

        frozen.reset(now=NOW)
        assert 401 not in statuses(frozen, header)

    def test_without_the_role_nothing_is_answered(self, frozen: Simulator) -> None:
        caller = Delius(frozen, frozen.user_token("ROBIN.SAMPLE"))
        answer = caller.get("appointment-types")
        caller.close()

        assert answer.status_code == 403
        assert ROLE in answer.json()["message"]


class TestWritesWithoutAUser:
    @pytest.mark.parametrize("username", [None, "NO.SUCH", "PENNY.PRISON"])
    def test_a_write_needs_a_token_that_acts_for_a_delius_user(
        self, robin: Delius, acting_for: Callable[[str | None], Delius], username: str | None
    ) -> None:
        caller, path = acting_for(username), f"cases/{BRIAN}/contacts/1"
        nsi, appointment = robin.nsi_body(), robin.appointment_body()

        answers = [
            caller.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", nsi),
            caller.withdraw_nsi(nsi_reference()),
            caller.put(f"cases/{BRIAN}/appointments/{appointment_reference()}", appointment),
            caller.put(f"{path}/outcome", {}),
            caller.put(f"{path}/reschedule", {}),
        ]
        assert [answer.status_code for answer in answers] == [403] * 5

    def test_a_read_does_not(self, nobody: Delius) -> None:
        assert nobody.get(f"cases/{BRIAN}/nsis").status_code == 200


class TestShape:
    def test_every_fault_of_a_request_is_named_with_a_type_a_message_and_a_field(self, robin: Delius) -> None:
        body = robin.nsi_body(eventId="one", typeCode="")
        answer = robin.put(f"cases/{BRIAN}/nsis/{nsi_reference()}", body)

        told = answer.json()
        assert (answer.status_code, told["status"]) == (400, 400)
        assert {each["field"] for each in told["fields"]} == {"eventId", "typeCode"}
        assert all(each["type"] and each["message"] for each in told["fields"])

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "no-such-thing", 404), ("POST", f"cases/{BRIAN}", 405), ("DELETE", "appointment-types", 405)],
    )
    def test_what_is_no_operation_is_told_in_the_same_shape(
        self, robin: Delius, method: str, path: str, status: int
    ) -> None:
        answer = robin.ask(method, path)

        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.json()["message"]

    @pytest.mark.parametrize("crn", ["X1", "x000001", "X0000001", "X%2F0001", "x'; --"])
    def test_what_is_no_crn_is_not_found_or_refused(self, robin: Delius, crn: str) -> None:
        answer = robin.ask("GET", f"cases/{crn}", params={"username": "ROBIN.SAMPLE"})

        assert answer.status_code in (400, 404)
        assert answer.json()["status"] == answer.status_code

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"{}", "text/plain", 415),
            (b"{", "application/json", 400),
            (b"[]", "application/json", 400),
            (b"null", "application/json", 400),
            (b'"text"', "application/json", 400),
            (b"\xff", "application/json", 400),
            (b"", "application/json", 400),
        ],
    )
    def test_a_body_that_is_no_json_object_is_refused(
        self, robin: Delius, content: bytes, kind: str, status: int
    ) -> None:
        path = f"cases/{BRIAN}/appointments/{appointment_reference()}"
        answer = robin.send("PUT", path, data=content, headers={"Content-Type": kind})

        assert answer.status_code == status

    @pytest.mark.parametrize("text", ["\\ud800", "\\u0000"])
    def test_text_that_cannot_be_stored_is_no_error_of_the_service(self, robin: Delius, text: str) -> None:
        path = f"cases/{BRIAN}/appointments/{appointment_reference()}"
        content = f'{{"notes": "{text}"}}'.encode()

        assert robin.send("PUT", path, data=content, headers={"Content-Type": "application/json"}).status_code == 400

    def test_null_properties_are_left_out(self, robin: Delius) -> None:
        robin.session_on(robin.made_nsi())
        answers: list[Any] = [
            robin.case(),
            robin.nsis(),
            robin.appointments(),
            robin.changes().get("changes"),
            robin.get("users/ROBIN.SAMPLE/cases").json(),
        ]

        assert not any(has_null(answer) for answer in answers)


class TestHealth:
    @pytest.mark.parametrize("service", ["delius", "auth"])
    def test_ping_answers_without_a_token(self, frozen: Simulator, service: str) -> None:
        assert requests.get(f"{frozen.base_url}/{service}/health/ping", timeout=5).status_code == 200

    def test_ping_answers_whatever_delius_does(self, frozen: Simulator) -> None:
        for operation in ("getUser", "getCases", "getCase", "putNsi", "putAppointment", "getChanges"):
            frozen.fault(operation, "status", status=503, times=None)

        assert requests.get(f"{frozen.delius_url}/health/ping", timeout=5).status_code == 200


@pytest.mark.parametrize("status", [429, 503])
def test_too_many_requests_and_unavailable_carry_retry_after_in_seconds(
    robin: Delius, frozen: Simulator, status: int
) -> None:
    frozen.fault("getAppointmentTypes", "status", status=status, retryAfter=7)
    answer = robin.get("appointment-types")

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")


def statuses(simulator: Simulator, header: str | None) -> set[int]:
    """What a read and a write are answered with an Authorization header."""
    headers = {} if header is None else {"Authorization": header}
    return {
        requests.get(f"{simulator.delius_url}/appointment-types", headers=headers, timeout=5).status_code,
        requests.put(
            f"{simulator.delius_url}/cases/{BRIAN}/nsis/{nsi_reference()}", headers=headers, json={}, timeout=5
        ).status_code,
    }


def has_null(value: Any) -> bool:
    """Whether there is a null anywhere in an answer."""
    if isinstance(value, dict):
        return any(has_null(each) for each in value.values())
    if isinstance(value, list):
        return any(has_null(each) for each in value)
    return value is None
