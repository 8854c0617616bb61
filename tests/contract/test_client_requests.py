"""Everything that the client sends and takes is what the document describes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from delius import client, records
from delius.client import CaseScope, CasesOnly, CaseSort, get_client, reset_client
from delius.http import transport
from delius.http.transport import Operation
from tests.contract.document import contents, operations
from tests.contract.recording import Recorder
from tests.delius.values import (
    BRIAN,
    CLARA,
    HARROW_END,
    NOW,
    OTTO,
    ROBIN,
    TODAY,
    a_new_nsi,
    a_new_time,
    a_phone_call,
    an_outcome,
)
from tests.simulator_process import Simulator

NOTES = "Notes with an apostrophe’s and an emoji 🙂."


def on_brians_requirement() -> dict[str, int]:
    event = get_client().case(BRIAN, username=ROBIN).events[0]
    return {"event_id": event.event_id, "requirement_id": event.requirements[0].requirement_id}


def made_nsi(**changes: Any) -> str:
    """Make an NSI of Brian's and return its reference."""
    reference = f"urn:hmpps:rarbooking:nsi:{uuid4()}"
    get_client().put_nsi(BRIAN, reference, a_new_nsi(**on_brians_requirement(), **changes), username=ROBIN)
    return reference


def nsis_of_each_kind() -> None:
    made_nsi(type_code="TKSFR", length=10, notes=NOTES)
    made_nsi(type_code="TKNEW", sub_type_code="TKNEW1")


def appointments_of_each_kind() -> None:
    service = get_client()
    call = a_phone_call(event_id=on_brians_requirement()["event_id"])
    visit = replace(call, type_code="COAP", office_code="N90HAR", notes=NOTES, sensitive=True, allow_overlap=True)
    claras_event = service.case(CLARA, username=ROBIN).events[0].event_id
    [nsi] = service.nsis(CLARA, event_id=claras_event, username=ROBIN)
    session = replace(call, event_id=claras_event, nsi_id=nsi.nsi_id)
    for crn, new in ((BRIAN, call), (BRIAN, visit), (CLARA, session)):
        service.put_appointment(crn, f"urn:hmpps:rarbooking:appointment:{uuid4()}", new, username=ROBIN)


def case_lists() -> None:
    for sort in CaseSort:
        get_client().cases(ROBIN, search="", sort=sort, page=0, size=100)
    get_client().cases(ROBIN, search="O’Invent, Siân & co", sort=CaseSort.NAME, page=0, size=20)
    for only in CasesOnly:
        get_client().cases(ROBIN, search="", sort=CaseSort.NAME, page=0, size=20, scope=CaseScope.TEAMS, only=only)


def schedules() -> None:
    get_client().appointments(CLARA, username=ROBIN, page=0, size=100)
    days = {"date_from": TODAY, "date_to": TODAY + timedelta(days=30)}
    get_client().appointments(CLARA, username=ROBIN, page=1, size=10, latest_first=True, **days)
    get_client().appointments(CLARA, username=ROBIN, page=0, size=10, without_outcome=True)


def feed() -> None:
    page = get_client().changes(["TKDEV", "TKCAC"], after="", size=1)
    get_client().changes(["TKDEV", "TKCAC"], after=page.next, size=1000)


def appointment_read_back() -> None:
    reference = f"urn:hmpps:rarbooking:appointment:{uuid4()}"
    call = a_phone_call(event_id=on_brians_requirement()["event_id"])
    get_client().put_appointment(BRIAN, reference, call, username=ROBIN)
    get_client().appointment_by_reference(BRIAN, reference, username=ROBIN)


def ottos_appointments() -> tuple[records.Appointment, ...]:
    """Otto's sessions: two that are over without an outcome, and one to come."""
    return get_client().appointments(OTTO, username=ROBIN, page=0, size=100).appointments


def outcomes_of_each_kind() -> None:
    first, second, _ = ottos_appointments()
    put = partial(get_client().put_outcome, OTTO, username=ROBIN)
    put(first.contact_id, an_outcome(version=first.version), request_id=uuid4())
    absent = an_outcome(
        version=second.version, outcome_code="AFTA", enforcement_action_code="ROM", notes=NOTES, sensitive=True
    )
    put(second.contact_id, absent, request_id=uuid4())


def moved() -> None:
    coming = ottos_appointments()[-1]
    new = a_new_time(version=coming.version, reason=NOTES, office_code="N90HAR", allow_overlap=True)
    get_client().reschedule(OTTO, coming.contact_id, f"urn:hmpps:rarbooking:appointment:{uuid4()}", new, username=ROBIN)


CALLS: dict[str, Callable[[], Any]] = {
    "getUser": lambda: get_client().user(ROBIN),
    "getCases": case_lists,
    "getCase": on_brians_requirement,
    "getRiskFlags": lambda: get_client().risk_flags("X000009", username=ROBIN),
    "getNsis": lambda: get_client().nsis(CLARA, event_id=on_brians_requirement()["event_id"], username=ROBIN),
    "putNsi": nsis_of_each_kind,
    "withdrawNsi": lambda: get_client().withdraw_nsi(BRIAN, made_nsi(), username=ROBIN),
    "getAppointments": schedules,
    "getAppointmentByReference": appointment_read_back,
    "putAppointment": appointments_of_each_kind,
    "getAppointment": lambda: get_client().appointment(OTTO, ottos_appointments()[0].contact_id, username=ROBIN),
    "putOutcome": outcomes_of_each_kind,
    "reschedule": moved,
    "getAppointmentTypes": lambda: get_client().appointment_types(),
    "getOutcomes": lambda: (get_client().outcomes("COAP"), get_client().outcomes("CHVS")),
    "getNsiTypes": lambda: (get_client().nsi_types(["TKDEV", "TKSFR"]), get_client().nsi_types()),
    "getOffices": lambda: get_client().offices(HARROW_END.team_code),
    "getChanges": feed,
}
ANSWERS: dict[str, type[BaseModel]] = {
    "User": records.User,
    "CasePage": records.CasePage,
    "Case": records.Case,
    "RiskFlag": records.RiskFlag,
    "Nsi": records.Nsi,
    "EnsuredNsi": records.EnsuredNsi,
    "AppointmentPage": records.AppointmentPage,
    "Appointment": records.Appointment,
    "AppointmentType": records.AppointmentType,
    "OutcomeType": records.OutcomeType,
    "NsiType": records.NsiType,
    "Office": records.Office,
    "ChangePage": records.ChangePage,
}


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> Iterator[Recorder]:
    """What looks at every exchange of the client, whose sessions it makes from now on."""
    recorder = Recorder()
    monkeypatch.setattr(transport, "new_session", recorder.session)
    reset_client()
    simulator.reset(now=NOW.isoformat())
    yield recorder
    reset_client()


def test_the_client_has_the_operations_of_the_document() -> None:
    ours = {each.name: each for each in vars(client).values() if isinstance(each, Operation)}

    assert ours.keys() == CALLS.keys() == operations().keys()
    for name, operation in ours.items():
        method, path = operations()[name]
        same = (operation.method, [part.startswith("{") or part for part in operation.path.split("/")])
        assert same == (method, [part.startswith("{") or part for part in path.split("/")])


@pytest.mark.parametrize("operation", CALLS)
def test_every_call_of_the_client_is_one_that_the_document_describes(
    recorder: Recorder, simulator: Simulator, operation: str
) -> None:
    CALLS[operation]()

    assert {each["status"] for each in simulator.requests(operation)} <= {200, 201, 204}
    assert recorder.looked_at >= len(simulator.requests(operation)) > 0
    assert recorder.faults == []


def test_a_request_that_the_document_rules_out_would_be_noticed(recorder: Recorder) -> None:
    new = a_new_nsi(**on_brians_requirement(), notes="n" * 4001)
    with pytest.raises(Exception, match=r"."):
        get_client().put_nsi(BRIAN, "urn:hmpps:rarbooking:nsi:1", new, username=ROBIN)

    assert len(recorder.faults) == 2


@pytest.mark.parametrize("name", ANSWERS)
def test_the_client_reads_nothing_and_insists_on_nothing_that_the_document_does_not_promise(name: str) -> None:
    document = contents()["components"]["schemas"]
    ours = ANSWERS[name].model_json_schema(by_alias=True)

    assert list(beyond(ours, ours.get("$defs", {}), {"$ref": f"#/components/schemas/{name}"}, document, name)) == []


def beyond(
    ours: dict[str, Any], definitions: dict[str, Any], theirs: dict[str, Any], document: dict[str, Any], at: str
) -> Iterator[str]:
    """Yield each property that our schema has or requires and that theirs does not."""
    ours, theirs = resolved(ours, definitions), resolved(theirs, document)
    if "items" in ours and "items" in theirs:
        yield from beyond(ours["items"], definitions, theirs["items"], document, f"{at}[]")
    properties = theirs.get("properties", {})
    for name, schema in ours.get("properties", {}).items():
        if name not in properties:
            yield f"{at}.{name} is not in the document"
            continue
        if name in ours.get("required", []) and name not in theirs.get("required", []):
            yield f"{at}.{name} may be absent"
        yield from beyond(schema, definitions, properties[name], document, f"{at}.{name}")


def resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and leave out that a value may be null."""
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for alternatives in (schema.get("anyOf"), schema.get("allOf")):
        some = [each for each in alternatives or [] if each.get("type") != "null"]
        if len(some) == 1:
            return resolved(some[0], definitions)
    return schema
