"""Everything the client sends is what Community API's and Delius API's own documents describe.

The requests are real ones: the client makes every call it has, and the simulator's log says what arrived.
"""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from delius.client import get_client
from tests.conftest import SHARED
from tests.delius.values import BRIAN, CLARA, HARROW_END, NOW, ROBIN, TODAY, URN, a_new_nsi, a_phone_call
from tests.simulator_process import Simulator

CONTRACT = SHARED / "contract"
pytestmark = pytest.mark.skipif(not CONTRACT.is_dir(), reason=f"The upstream documents are not at {CONTRACT}")

COMMUNITY_API, DELIUS_API = "/community-api", "/delius-api"
DOCUMENTS = {COMMUNITY_API: "community-api.json", DELIUS_API: "delius-api.json"}

# Spring reads `page` and `size`, whereas the document lists the fields of the object that it reads them into.
UNDOCUMENTED_QUERY = {"eligible_people": {"page", "size"}}
# Later versions of Delius API keep a reference with an NSI. The document is of an older one, which ignores the field.
UNDOCUMENTED_BODY = {"create_nsi": {"externalReference"}}


@cache
def document(service: str) -> dict[str, Any]:
    contents: dict[str, Any] = json.loads((CONTRACT / DOCUMENTS[service]).read_text(encoding="utf-8"))
    return contents


def service_of(request: dict[str, Any]) -> str:
    return next(service for service in DOCUMENTS if request["path"].startswith(f"{service}/"))


def documented(request: dict[str, Any]) -> dict[str, Any]:
    """The operation that a request is, as its service's document describes it."""
    service = service_of(request)
    path = request["path"].removeprefix(service)
    templates = sorted(document(service)["paths"].items(), key=lambda item: item[0].count("{"))
    for template, operations in templates:
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            operation: dict[str, Any] = operations[request["method"].lower()]
            return operation
    raise AssertionError(f"No document has {request['method']} {path}")


def body_schema(request: dict[str, Any]) -> dict[str, Any]:
    operation = documented(request)
    if service_of(request) == DELIUS_API:
        schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
        return schema
    return next(each["schema"] for each in operation["parameters"] if each["in"] == "body")


def faults(schema: dict[str, Any], value: Any, *, service: str) -> list[str]:
    whole = {**{key: document(service).get(key) for key in ("definitions", "components")}, **schema}
    validator = Draft4Validator(
        {key: part for key, part in whole.items() if part is not None}, format_checker=FormatChecker()
    )
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]


def properties(request: dict[str, Any]) -> set[str]:
    schema = body_schema(request)
    part: Any = document(service_of(request))
    for name in schema["$ref"].removeprefix("#/").split("/"):
        part = part[name]
    return set(part["properties"])


def an_nsi_with_everything() -> None:
    where = on_brians_requirement()
    get_client().create_nsi(
        a_new_nsi(**where, type_code="TKSFR", length=10, notes="Workbook.", urn=URN), username=ROBIN
    )
    get_client().create_nsi(a_new_nsi(**where, type_code="TKNEW", sub_type_code="TKNEW1"), username=ROBIN)


def an_appointment_of_each_kind() -> None:
    client = get_client()
    event_id = on_brians_requirement()["event_id"]
    visit = a_phone_call(
        NOW + timedelta(days=8), type_code="COAP", office_code="N90HAR", notes="Notes.", sensitive=True
    )
    (claras_event,) = client.events(CLARA)
    (nsi,) = client.nsis(CLARA, claras_event.event_id, ["TKCAC"])
    client.create_appointment(BRIAN, event_id, a_phone_call(), username=ROBIN)
    client.create_appointment(BRIAN, event_id, visit, username=ROBIN)
    client.create_appointment(CLARA, claras_event.event_id, a_phone_call(nsi_id=nsi.nsi_id), username=ROBIN)


def on_brians_requirement() -> dict[str, Any]:
    (event,) = get_client().events(BRIAN)
    (requirement,) = get_client().requirements(BRIAN, event.event_id)
    return {"event_id": event.event_id, "requirement_id": requirement.requirement_id}


CALLS: dict[str, Callable[[], Any]] = {
    "staff_by_username": lambda: get_client().staff_by_username(ROBIN),
    "eligible_people": lambda: get_client().eligible_people(ROBIN, limit=10),
    "managed_people": lambda: get_client().managed_people(9001),
    "person_all": lambda: get_client().person(BRIAN),
    "user_access": lambda: get_client().access(BRIAN, ROBIN),
    "convictions": lambda: get_client().events(BRIAN, active_only=False),
    "requirements": on_brians_requirement,
    "nsis": lambda: get_client().nsis(BRIAN, on_brians_requirement()["event_id"], ["TKDEV", "TKCAC"]),
    "appointment_types": lambda: get_client().appointment_types(),
    "office_locations": lambda: get_client().office_locations(HARROW_END.team_code),
    "contact_summary": lambda: (
        get_client().contacts(CLARA),
        get_client().contacts(
            BRIAN, event_id=on_brians_requirement()["event_id"], date_from=TODAY, date_to=date(2026, 12, 31)
        ),
    ),
    "personal_circumstances": lambda: get_client().personal_circumstances(BRIAN),
    "registrations": lambda: get_client().registrations(BRIAN),
    "create_nsi": an_nsi_with_everything,
    "create_appointment": an_appointment_of_each_kind,
}


@pytest.fixture
def sent(simulator: Simulator) -> Callable[[str], list[dict[str, Any]]]:
    """Return a function that makes an operation's calls and gives what arrived of them; all were accepted."""
    simulator.reset(now=NOW.isoformat())

    def send(operation: str) -> list[dict[str, Any]]:
        CALLS[operation]()
        arrived = simulator.requests(operation)
        assert arrived
        assert {request["status"] for request in arrived} <= {200, 201}
        return arrived

    return send


def test_every_operation_of_the_client_is_held_against_the_documents():
    from delius import client
    from delius.transport import Operation

    operations = {each.name for each in vars(client).values() if isinstance(each, Operation)}
    assert operations == CALLS.keys()


@pytest.mark.parametrize("operation", CALLS)
def test_the_path_and_the_method_are_documented(sent: Callable[[str], list[dict[str, Any]]], operation: str):
    assert all(documented(request) for request in sent(operation))


@pytest.mark.parametrize("operation", CALLS)
def test_query_parameters_are_documented_and_those_required_are_there(
    sent: Callable[[str], list[dict[str, Any]]], operation: str
):
    for request in sent(operation):
        parameters = {each["name"]: each for each in documented(request).get("parameters", []) if each["in"] == "query"}
        names = set(request["query"])
        assert names - parameters.keys() == UNDOCUMENTED_QUERY.get(operation, set())
        assert {name for name, each in parameters.items() if each.get("required")} <= names
        for name in names & parameters.keys():
            assert query_faults(parameters[name], request["query"][name]) == []


@pytest.mark.parametrize("operation", ["create_nsi", "create_appointment"])
def test_bodies_are_sent_as_json_and_are_documented(sent: Callable[[str], list[dict[str, Any]]], operation: str):
    for request in sent(operation):
        assert request["contentType"] == "application/json"
        assert faults(body_schema(request), request["body"], service=service_of(request)) == []
        undocumented = set(request["body"]) - properties(request)
        assert undocumented == UNDOCUMENTED_BODY.get(operation, set())


@pytest.mark.parametrize("operation", sorted(CALLS.keys() - {"create_nsi", "create_appointment"}))
def test_reads_have_no_body(sent: Callable[[str], list[dict[str, Any]]], operation: str):
    assert [request["body"] for request in sent(operation) if request["body"]] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notes", "x" * 4001),
        ("offenderCrn", "XX00001"),
        ("statusDate", "2026-06-10T10:00:00"),
        ("referralDate", "10/06/2026"),
        ("length", "ten"),
        ("intendedProvider", "N90X"),
    ],
)
def test_a_body_that_the_document_rules_out_would_be_noticed(
    sent: Callable[[str], list[dict[str, Any]]], field: str, value: Any
):
    request, *_ = sent("create_nsi")
    spoiled = {**request["body"], field: value}
    assert faults(body_schema(request), spoiled, service=DELIUS_API)


def test_an_appointment_without_a_required_field_would_be_noticed(sent: Callable[[str], list[dict[str, Any]]]):
    request, *_ = sent("create_appointment")
    spoiled = {name: value for name, value in request["body"].items() if name != "officeLocationCode"}
    assert faults(body_schema(request), spoiled, service=COMMUNITY_API)


def query_faults(parameter: dict[str, Any], sent: str | list[str]) -> list[str]:
    """Query parameters arrive as text; read them as their documented type, a single value of a list as a list."""
    schema = {key: parameter[key] for key in ("type", "items", "format", "enum") if key in parameter}
    values = sent if isinstance(sent, list) else [sent]
    typed = [json.loads(each) if parameter["type"] in {"boolean", "integer"} else each for each in values]
    return faults(schema, typed if parameter["type"] == "array" else typed[0], service=COMMUNITY_API)
