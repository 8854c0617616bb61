"""Everything the simulator answers, held against the OpenAPI documents of the real services."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from jsonschema import Draft4Validator, FormatChecker

from tests.conftest import SHARED
from tests.simulator_process import REQUEST_SECONDS, Simulator

COMMUNITY_DOCUMENT = SHARED / "contract" / "community-api.json"
DELIUS_DOCUMENT = SHARED / "contract" / "delius-api.json"

NOW = "2026-06-10T10:00:00+01:00"
TODAY = "2026-06-10"
TOMORROW = "2026-06-11"
PEOPLE = [f"X0000{number:02}" for number in range(1, 19)]
NSI_TYPES = ["NAT1", "TKCAC", "TKCON", "TKDEV", "TKMAP", "TKNEW", "TKSFR", "TKSTE"]
APPOINTMENTS = "/secure/offenders/crn/{crn}/sentence/{sentenceId}/appointments"
PERSON = "/secure/offenders/crn/{crn}"
ELIGIBLE = "/secure/staff/username/{username}/manage-supervisions-eligible-offenders"

pytestmark = pytest.mark.skipif(
    not COMMUNITY_DOCUMENT.exists(), reason="the OpenAPI documents (../shared/contract) are not on this machine"
)

Ask = Callable[..., Any]


def closed(schema: Any) -> Any:
    """Return a schema in which objects have no fields but the documented ones."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        inner["additionalProperties"] = False
    return inner


class Document:
    """One service's OpenAPI document, Swagger 2 or OpenAPI 3."""

    def __init__(self, text: str) -> None:
        self.paths: dict[str, Any] = json.loads(text)["paths"]
        self._root = closed(json.loads(text))

    def answers(self, method: str, template: str) -> dict[str, Any]:
        """The documented answers of an operation by status; KeyError where it has none."""
        found: dict[str, Any] = self.paths[template][method.lower()]["responses"]
        return found

    def schema(self, method: str, template: str, status: str) -> Any:
        """The schema of one documented answer, None where it has none."""
        answer = self.answers(method, template)[status]
        content = answer.get("content", {}).get("application/json", answer)
        return content.get("schema")

    def check(self, schema: Any, body: Any) -> None:
        """Fail unless a body is what a schema says."""
        whole = {**{name: self._root[name] for name in ("definitions", "components") if name in self._root}, **schema}
        problems = [
            f"{'/'.join(map(str, problem.absolute_path))}: {problem.message[:300]}"
            for problem in Draft4Validator(whole, format_checker=FormatChecker()).iter_errors(body)
        ]
        assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def community() -> Document:
    return Document(COMMUNITY_DOCUMENT.read_text())


@pytest.fixture(scope="module")
def delius() -> Document:
    return Document(DELIUS_DOCUMENT.read_text())


@pytest.fixture
def frozen(simulator: Simulator) -> Simulator:
    simulator.reset(now=NOW)
    return simulator


@pytest.fixture
def session(frozen: Simulator) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {frozen.token()}"
        yield session


@pytest.fixture
def ask(frozen: Simulator, session: requests.Session, community: Document) -> Ask:
    """Return a function that calls Community API and checks the answer before giving its body back."""

    def call(template: str, *, status: int = 200, token: str | None = None, query: Any = None, **path: Any) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = f"{frozen.community_url}{template.format(**path)}"
        answer = session.get(url, params=query, headers=headers, timeout=REQUEST_SECONDS)
        assert answer.status_code == status, answer.text
        schema = community.schema("GET", template, str(status)) or {"$ref": "#/definitions/ErrorResponse"}
        community.check(schema, answer.json())
        return answer.json()

    return call


@pytest.mark.parametrize("crn", PEOPLE)
@pytest.mark.parametrize("naive_times", [False, True])
def test_every_read_of_every_person(frozen: Simulator, ask: Ask, crn: str, naive_times: bool) -> None:
    frozen.switch(naiveTimes=naive_times)
    for template in (
        PERSON,
        f"{PERSON}/all",
        f"{PERSON}/registrations",
        f"{PERSON}/personalCircumstances",
    ):
        ask(template, crn=crn)
    if not naive_times:
        assert ask(f"{PERSON}/convictions", crn=crn)
    for event in ask(f"{PERSON}/convictions", crn=crn):
        place = {"crn": crn, "convictionId": event["convictionId"]}
        ask(f"{PERSON}/convictions/{{convictionId}}/requirements", **place)
        if not naive_times:
            listed = ask(
                f"{PERSON}/convictions/{{convictionId}}/nsis", query={"nsiCodes": NSI_TYPES}, **place
            )
            for nsi in listed["nsis"]:
                ask(f"{PERSON}/convictions/{{convictionId}}/nsis/{{nsiId}}", nsiId=nsi["nsiId"], **place)
