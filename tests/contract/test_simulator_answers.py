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
def test_every_read_of_every_person(ask: Ask, crn: str) -> None:
    for part in ("", "/all", "/registrations", "/personalCircumstances", "/contact-summary"):
        ask(f"{PERSON}{part}", crn=crn)
    for appointment in ask(f"{PERSON}/appointments", crn=crn):
        ask(f"{PERSON}/appointments/{{appointmentId}}", crn=crn, appointmentId=appointment["appointmentId"])
    for event in ask(f"{PERSON}/convictions", crn=crn):
        place = {"crn": crn, "convictionId": event["convictionId"]}
        ask(f"{PERSON}/convictions/{{convictionId}}/requirements", **place)
        listed = ask(f"{PERSON}/convictions/{{convictionId}}/nsis", query={"nsiCodes": NSI_TYPES}, **place)
        for nsi in listed["nsis"]:
            ask(f"{PERSON}/convictions/{{convictionId}}/nsis/{{nsiId}}", nsiId=nsi["nsiId"], **place)


@pytest.mark.parametrize("username", ["ROBIN.SAMPLE", "JO.PLACEHOLDER", "SAM.MOCKTON", "TERRY.TWOTEAMS"])
def test_every_read_of_every_member_of_staff(ask: Ask, username: str) -> None:
    staff = ask("/secure/staff/username/{username}", username=username)
    ask(ELIGIBLE, username=username, query={"page": 0, "size": 3})
    ask("/secure/staff/staffIdentifier/{staffIdentifier}/managedOffenders", staffIdentifier=staff["staffIdentifier"])
    for team in staff["teams"]:
        ask("/secure/teams/{teamCode}/office-locations", teamCode=team["code"])


def test_reference_data(ask: Ask) -> None:
    assert ask("/secure/appointment-types")


@pytest.mark.parametrize(("crn", "status"), [("X000001", 200), ("X000011", 403), ("X000012", 403)])
def test_limited_access(ask: Ask, crn: str, status: int) -> None:
    ask(f"{PERSON}/user/{{username}}/userAccess", status=status, crn=crn, username="ROBIN.SAMPLE")


@pytest.mark.parametrize(
    ("template", "path"),
    [
        (PERSON, {"crn": "X999999"}),
        (f"{PERSON}/all", {"crn": "X999999"}),
        (f"{PERSON}/convictions", {"crn": "X999999"}),
        (f"{PERSON}/convictions/{{convictionId}}/requirements", {"crn": "X000001", "convictionId": 1}),
        (f"{PERSON}/appointments", {"crn": "X999999"}),
        (f"{PERSON}/registrations", {"crn": "X999999"}),
        ("/secure/staff/username/{username}", {"username": "NOEL.NOSTAFF"}),
        (ELIGIBLE, {"username": "NOEL.NOSTAFF"}),
        ("/secure/staff/staffIdentifier/{staffIdentifier}/managedOffenders", {"staffIdentifier": 1}),
        ("/secure/teams/{teamCode}/office-locations", {"teamCode": "NOSUCH"}),
    ],
)
def test_what_is_not_found(ask: Ask, template: str, path: dict[str, Any]) -> None:
    ask(template, status=404, **path)


def test_what_is_not_allowed_or_not_understood(frozen: Simulator, ask: Ask) -> None:
    types = "/secure/appointment-types"
    ask(types, status=401, token="nonsense")
    ask(types, status=403, token=frozen.user_token("ROBIN.SAMPLE"))
    ask(PERSON, status=403, token=frozen.token("ROBIN.SAMPLE"), crn="X000011")
    ask(f"{PERSON}/convictions", status=400, crn="X000001", query={"activeOnly": "maybe"})


class TestWrites:
    """Creating, patching and deleting, in the middle of each other's records."""

    @pytest.fixture(autouse=True)
    def _act(self, frozen: Simulator, ask: Ask, session: requests.Session) -> None:
        session.headers["Authorization"] = f"Bearer {frozen.token('ROBIN.SAMPLE')}"
        self.simulator = frozen
        self.session = session
        [event] = ask(f"{PERSON}/convictions", crn="X000001")
        self.event_id = event["convictionId"]
        place = {"crn": "X000001", "convictionId": self.event_id}
        [rar] = ask(f"{PERSON}/convictions/{{convictionId}}/requirements", **place)["requirements"]
        self.requirement_id = rar["requirementId"]

    def nsi(self, **changes: Any) -> dict[str, Any]:
        return {
            "offenderCrn": "X000001",
            "eventId": self.event_id,
            "requirementId": self.requirement_id,
            "type": "TKSFR",
            "length": 8,
            "status": "INPROG",
            "statusDate": NOW,
            "referralDate": TODAY,
            "startDate": TODAY,
            "expectedStartDate": TODAY,
            "expectedEndDate": TOMORROW,
            "intendedProvider": "N90",
            "manager": {"provider": "N90", "team": "N90AAA", "staff": "N90A001"},
            "notes": "Invented for a test.",
            **changes,
        }

    def appointment(self, **changes: Any) -> dict[str, Any]:
        return {
            "contactType": "COAP",
            "appointmentStart": f"{TOMORROW}T10:00:00+01:00",
            "appointmentEnd": f"{TOMORROW}T11:00:00+01:00",
            "officeLocationCode": "N90HAR",
            "notes": "Invented for a test.",
            "providerCode": "N90",
            "teamCode": "N90AAA",
            "staffCode": "N90A001",
            **changes,
        }

    def book(self, crn: str = "X000001", **changes: Any) -> requests.Response:
        path = APPOINTMENTS.format(crn=crn, sentenceId=self.event_id)
        return self.session.post(
            f"{self.simulator.community_url}{path}", json=self.appointment(**changes), timeout=REQUEST_SECONDS
        )

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, f"{self.simulator.delius_url}{path}", json=body, timeout=REQUEST_SECONDS)

    def test_the_simulator_is_sent_what_the_documents_describe(self, community: Document, delius: Document) -> None:
        community.check({"$ref": "#/definitions/AppointmentCreateRequest"}, self.appointment(nsiId=1, rarActivity=True))
        delius.check({"$ref": "#/components/schemas/NewNsi"}, self.nsi())

    def test_a_created_nsi_and_its_appointment(self, community: Document, delius: Document, ask: Ask) -> None:
        made = self.send("POST", "/v1/nsi", self.nsi())
        assert made.status_code == 201
        delius.check(delius.schema("POST", "/v1/nsi", "201"), made.json())

        booked = self.book(nsiId=made.json()["id"], rarActivity=True)
        assert booked.status_code == 201
        # The document gives 201 no more than a "string"; what is answered is described under 200.
        assert community.schema("POST", APPOINTMENTS, "201") == {"type": "string"}
        community.check(community.schema("POST", APPOINTMENTS, "200"), booked.json())

        place = {"crn": "X000001", "convictionId": self.event_id, "nsiId": made.json()["id"]}
        ask(f"{PERSON}/convictions/{{convictionId}}/nsis/{{nsiId}}", **place)
        ask(f"{PERSON}/appointments", crn="X000001")
        assert ask(f"{PERSON}/contact-summary", crn="X000001")["totalElements"] == 4

    def test_refused_appointments(self, community: Document) -> None:
        self.book()
        for answer, status in (
            (self.book(officeLocationCode=""), 400),
            (self.book(), 409),
            (self.book(providerCode="N91"), 403),
            (self.book("X999999"), 404),
        ):
            assert answer.status_code == status
            community.check({"$ref": "#/definitions/ErrorResponse"}, answer.json())

    def test_a_patched_nsi(self, delius: Document) -> None:
        nsi_id = self.send("POST", "/v1/nsi", self.nsi()).json()["id"]

        patched = self.send("PATCH", f"/v1/nsi/{nsi_id}", [{"op": "replace", "path": "/length", "value": 9}])

        assert patched.json()["length"] == 9
        delius.check(delius.schema("PATCH", "/v1/nsi/{id}", "200"), patched.json())

    def test_a_patched_and_deleted_contact(self, delius: Document) -> None:
        contact_id = self.book().json()["appointmentId"]

        patched = self.send("PATCH", f"/v1/contact/{contact_id}", [{"op": "add", "path": "/notes", "value": "New."}])
        deleted = self.send("DELETE", f"/v1/contact/{contact_id}")

        delius.check(delius.schema("PATCH", "/v1/contact/{id}", "200"), patched.json())
        assert "200" in delius.answers("DELETE", "/v1/contact/{id}")
        assert (deleted.status_code, deleted.content) == (200, b"")

    def test_refused_nsis_have_the_error_body_of_delius_api(self) -> None:
        for answer, status in (
            (self.send("POST", "/v1/nsi", self.nsi(length=None)), 400),
            (self.send("POST", "/v1/nsi", self.nsi(intendedProvider="N91")), 403),
            (self.send("POST", "/v1/nsi", self.nsi(offenderCrn="X999999")), 404),
            (self.send("PATCH", "/v1/nsi/1", []), 404),
        ):
            assert answer.status_code == answer.json()["status"] == status
            assert set(answer.json()) == {"status", "userMessage", "developerMessage"}


def test_the_check_itself_finds_what_is_not_documented(community: Document) -> None:
    with pytest.raises(AssertionError, match="'nonsense' was unexpected"):
        community.check(
            {"$ref": "#/definitions/AccessLimitation"},
            {
                "userExcluded": False,
                "userRestricted": False,
                "nonsense": 1,
            },
        )
    with pytest.raises(AssertionError, match="is a required property"):
        community.check({"$ref": "#/definitions/AccessLimitation"}, {"userExcluded": False})
