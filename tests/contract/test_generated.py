"""The simulator asked whatever the document allows and forbids, by requests that are made from the document."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.document import contents
from tests.simulator.delius import BRIAN, MANAGER, NOW, TODAY, TOOLKIT, Delius, at
from tests.simulator_process import REQUEST_SECONDS, Simulator, SimulatorProcess

EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def requests_of(*modes: GenerationMode) -> Any:
    """Return the document as a source of requests, the same ones each time."""
    generation = GenerationConfig(modes=list(modes), max_examples=EXAMPLES, deterministic=True, no_shrink=True)
    project = ProjectConfig(generation=generation)
    return schemathesis.openapi.from_dict(
        contents(), config=SchemathesisConfig(projects=ProjectsConfig(default=project))
    )


anything = requests_of(GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
about_what_is_there = requests_of(GenerationMode.POSITIVE)


@pytest.fixture(scope="module")
def caller(simulator_process: SimulatorProcess) -> Iterator[Delius]:
    """A caller that acts for Robin, on the demonstration's data."""
    simulator = Simulator(simulator_process.base_url)
    simulator.reset(now=NOW)
    caller = Delius(simulator, simulator.token("ROBIN.SAMPLE"))
    yield caller
    caller.close()
    simulator.close()


@pytest.fixture(scope="module")
def there(caller: Delius) -> dict[str, Any]:
    """What a request made from the document cannot know: what is in the record, and what its rules demand."""
    return {
        "username": "ROBIN.SAMPLE",
        "crn": BRIAN,
        "contactId": caller.booked(start=at("10:00", TODAY), end=at("10:30", TODAY))["contactId"],
        "moved": caller.booked(start=at("16:00"), end=at("16:30"))["contactId"],
        "teamCode": MANAGER["teamCode"],
        "nsiTypeCode": [TOOLKIT, "TKCAC"],
        "eventId": caller.event()["eventId"],
        "requirementId": caller.requirement()["requirementId"],
        "manager": MANAGER,
        "statusCode": "INPROG",
        "referralDate": TODAY,
        "officeCode": "N90HAR",
        "start": at("10:00"),
        "end": at("11:00"),
        "version": 1,
        "outcomeCode": "ATTC",
    }


def about(there: dict[str, Any], case: Any) -> None:
    """Let a request be about what is there. What it leaves out stays left out, but for the office of a visit."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: there[name] for name in part.keys() & there.keys()})
    path = case.operation.path
    if "typeCode" in (case.path_parameters or {}):
        case.path_parameters["typeCode"] = "COAP"
    if path.endswith("/reschedule"):
        case.path_parameters["contactId"] = there["moved"]
        case.body["officeCode"] = there["officeCode"]
    elif path.endswith("/nsis/{externalReference}") and case.method == "PUT":
        case.body["typeCode"] = TOOLKIT
    elif path.endswith("/appointments/{externalReference}") and case.method == "PUT":
        case.body.pop("nsiId", None)
        case.body.update(typeCode="COAP", officeCode=there["officeCode"], countsTowardsRar="requirementId" in case.body)


@anything.parametrize()
@bounded
def test_whatever_is_sent_the_answer_is_one_that_the_document_describes(case: Any, caller: Delius) -> None:
    answer = case.call(base_url=caller.simulator.delius_url, headers=caller.headers, timeout=REQUEST_SECONDS)
    case.validate_response(answer, checks=CHECKS)


@about_what_is_there.parametrize()
@bounded
def test_whatever_is_asked_of_what_is_there_the_answer_is_one_that_the_document_describes(
    case: Any, caller: Delius, there: dict[str, Any]
) -> None:
    about(there, case)
    answer = case.call(base_url=caller.simulator.delius_url, headers=caller.headers, timeout=REQUEST_SECONDS)
    case.validate_response(answer, checks=CHECKS)
