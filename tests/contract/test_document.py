"""The document that we publish, and the checks that hold exchanges against it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import yaml
from openapi_core import OpenAPI

from tests.conftest import SHARED
from tests.contract.document import PATH, contents, faults_of_answer, faults_of_request, is_of_the_service

AGREED = SHARED / "contract" / "rar-appointments-and-delius.yaml"
CASE = "http://127.0.0.1:1/delius/cases/X000001"
CODE = {"code": "TKDEV", "description": "Developing Dialogues"}
REFERENCE = "urn:hmpps:rarbooking:nsi:00000000-0000-4000-8000-000000000000"
NSI = {
    "nsiId": 1,
    "type": CODE,
    "status": CODE,
    "referralDate": "2026-06-10",
    "active": True,
    "softDeleted": False,
    "appointmentCount": 0,
}
PUT_NSI = {
    "eventId": 1,
    "requirementId": 1,
    "typeCode": "TKDEV",
    "statusCode": "INPROG",
    "referralDate": "2026-06-10",
    "manager": {"providerCode": "N90", "teamCode": "N90AAA", "staffCode": "N90A001"},
}


def request(method: str = "PUT", path: str = f"/nsis/{REFERENCE}", **details: Any) -> requests.PreparedRequest:
    if method == "PUT":
        details.setdefault("json", PUT_NSI)
    return requests.Request(method, f"{CASE}{path}", **details).prepare()


def answer(status: int, body: Any, sent: requests.PreparedRequest | None = None) -> requests.Response:
    made = requests.Response()
    made.request = sent or request()
    made.status_code = status
    made.headers["Content-Type"] = "application/json"
    made._content = json.dumps(body).encode()
    return made


@pytest.mark.skipif(not AGREED.exists(), reason="the document that was agreed is not beside this repository")
def test_what_we_publish_is_the_document_that_was_agreed() -> None:
    assert PATH.read_bytes() == AGREED.read_bytes()


def test_it_is_a_sound_openapi_document() -> None:
    OpenAPI.from_dict(contents()).check_spec()


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        operation["operationId"]
        for item in yaml.safe_load(PATH.read_text())["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]

    assert len(names) == len(set(names)) == 18


def test_sound_exchanges_have_no_fault() -> None:
    assert faults_of_request(request()) == []
    assert faults_of_request(request(path=f"/nsis/{REFERENCE.replace(':', '%3A')}")) == []
    assert faults_of_request(request("GET", "/nsis?typeCode=TKDEV&typeCode=TKCAC&includeSoftDeleted=true")) == []
    assert faults_of_answer(answer(201, {"nsi": NSI, "matchedBy": "CREATED", "otherIds": []})) == []
    assert faults_of_answer(answer(409, {"status": 409, "reason": "OVERLAP", "overlaps": []})) == []
    assert faults_of_answer(answer(418, {"status": 418, "message": "Not foreseen"})) == []


@pytest.mark.parametrize(
    "sent",
    [
        request(json={**PUT_NSI, "referralDate": "10/06/2026"}),
        request(json={**PUT_NSI, "typeCode": "T" * 21}),
        request(json={**PUT_NSI, "notes": "n" * 4001}),
        request(json={**PUT_NSI, "undocumented": 1}),
        request(json={name: value for name, value in PUT_NSI.items() if name != "manager"}),
        request(json=None),
        request(path="/nsis/urn:1"),
        request(path="/appointment"),
        request("POST", json=PUT_NSI),
        request("GET", "/nsis?eventId=x"),
        request("GET", "/nsis?undocumented=1"),
        request("GET", "/appointments?order=UP"),
    ],
)
def test_a_request_that_the_document_does_not_describe_is_noticed(sent: requests.PreparedRequest) -> None:
    assert faults_of_request(sent)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"nsi": NSI, "matchedBy": "GUESS", "otherIds": []}),
        (201, {"nsi": {**NSI, "undocumented": 1}, "matchedBy": "CREATED", "otherIds": []}),
        (201, {"nsi": {**NSI, "endDate": None}, "matchedBy": "CREATED", "otherIds": []}),
        (201, {"nsi": NSI, "matchedBy": "CREATED"}),
        (200, []),
        (409, {"status": 409}),
        (409, {"status": 409, "reason": "UNFORESEEN"}),
        (400, {"message": "No status"}),
    ],
)
def test_an_answer_that_the_document_does_not_describe_is_noticed(status: int, body: Any) -> None:
    assert faults_of_answer(answer(status, body))


def test_a_moment_without_an_offset_is_noticed() -> None:
    appointment = {
        "contactId": 1,
        "version": 1,
        "type": CODE,
        "sensitive": False,
        "countsTowardsRar": False,
        "softDeleted": False,
    }
    sent = request("GET", "/contacts/1")

    assert faults_of_answer(answer(200, {**appointment, "start": datetime.now(UTC).isoformat()}, sent)) == []
    assert faults_of_answer(answer(200, {**appointment, "start": "2026-06-10T10:00:00"}, sent))


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (CASE, True),
        ("http://127.0.0.1:1/delius/health/ping", False),
        ("http://127.0.0.1:1/auth/oauth/token", False),
        (None, False),
    ],
)
def test_operations_of_the_service_are_told_by_their_addresses(url: str | None, is_one: bool) -> None:
    assert is_of_the_service(url) is is_one
