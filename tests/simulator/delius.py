"""What the simulator's tests share: a caller with a token, and requests that are sound until a test spoils them."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import requests

from tests.contract.document import faults_of_answer
from tests.simulator_process import REQUEST_SECONDS, Simulator

NOW = "2026-06-10T10:00:00+01:00"
TODAY = "2026-06-10"
YESTERDAY = "2026-06-09"
TOMORROW = "2026-06-11"
BRIAN, CLARA, DEV, EDIE, FRANK, GITA, HAL, INES, JACK = (f"X00000{number}" for number in range(1, 10))
KIM, RESTRICTED, EXCLUDED = "X000010", "X000011", "X000012"
OMAR = "X000014"
"""Managed by Jo, in a team that is not Robin's."""
TOOLKIT = "TKDEV"
MANAGER = {"providerCode": "N90", "teamCode": "N90AAA", "staffCode": "N90A001"}


def nsi_reference() -> str:
    """A reference that no NSI bears yet."""
    return f"urn:hmpps:rarbooking:nsi:{uuid4()}"


def appointment_reference() -> str:
    """A reference that no appointment bears yet."""
    return f"urn:hmpps:rarbooking:appointment:{uuid4()}"


def at(clock: str, day: str = TOMORROW) -> str:
    """A moment of British Summer Time."""
    return f"{day}T{clock}:00+01:00"


class Delius:
    """The integration service as a caller with one token sees it. Each answer is held against the document."""

    def __init__(self, simulator: Simulator, token: str) -> None:
        self.simulator = simulator
        self._session = requests.Session()
        self.headers = {"Authorization": f"Bearer {token}"}
        self._session.headers.update(self.headers)

    def close(self) -> None:
        self._session.close()

    def ask(self, method: str, path: str, **details: Any) -> requests.Response:
        """Send a request and return the answer, whatever it says."""
        url = f"{self.simulator.delius_url}/{path}"
        return self._session.request(method, url, timeout=REQUEST_SECONDS, **details)

    def send(self, method: str, path: str, **details: Any) -> requests.Response:
        """Send a request and return the answer, which the document describes."""
        answer = self.ask(method, path, **details)
        assert not (faults := faults_of_answer(answer)), faults
        return answer

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.send("GET", path, params={name.rstrip("_"): value for name, value in query.items()})

    def put(self, path: str, body: Any, **details: Any) -> requests.Response:
        return self.send("PUT", path, json=body, **details)

    def case(self, crn: str = BRIAN, username: str = "ROBIN.SAMPLE") -> dict[str, Any]:
        return found(self.get(f"cases/{crn}", username=username))

    def event(self, crn: str = BRIAN) -> dict[str, Any]:
        """A person's first event."""
        event: dict[str, Any] = self.case(crn)["events"][0]
        return event

    def requirement(self, crn: str = BRIAN) -> dict[str, Any]:
        """The first requirement of a person's first event."""
        requirement: dict[str, Any] = self.event(crn)["requirements"][0]
        return requirement

    def rar(self, crn: str = BRIAN) -> dict[str, Any]:
        """The RAR days of that requirement."""
        days: dict[str, Any] = self.requirement(crn)["rar"]
        return days

    def nsis(self, crn: str = BRIAN, **query: Any) -> list[dict[str, Any]]:
        nsis: list[dict[str, Any]] = found(self.get(f"cases/{crn}/nsis", **query))["nsis"]
        return nsis

    def nsi_body(self, crn: str = BRIAN, /, **changes: Any) -> dict[str, Any]:
        """A sound PutNsi; None takes a field away."""
        event = self.event(crn)
        sound = {
            "eventId": event["eventId"],
            "requirementId": event["requirements"][0]["requirementId"] if event["requirements"] else 1,
            "typeCode": TOOLKIT,
            "statusCode": "INPROG",
            "referralDate": TODAY,
            "notes": "Invented for a test.",
            "manager": MANAGER,
        }
        return {name: value for name, value in {**sound, **changes}.items() if value is not None}

    def put_nsi(self, crn: str = BRIAN, /, *, reference: str | None = None, **changes: Any) -> requests.Response:
        path = f"cases/{crn}/nsis/{quote(reference or nsi_reference(), safe='')}"
        return self.put(path, self.nsi_body(crn, **changes))

    def made_nsi(self, crn: str = BRIAN, /, **changes: Any) -> int:
        answer = self.put_nsi(crn, **changes)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["nsi"]["nsiId"])

    def withdraw_nsi(self, reference: str, crn: str = BRIAN) -> requests.Response:
        return self.send("DELETE", f"cases/{crn}/nsis/{reference}")

    def appointment_body(self, crn: str = BRIAN, /, **changes: Any) -> dict[str, Any]:
        """A sound PutAppointment on the event, without RAR, tomorrow from ten to eleven; None takes a field away."""
        sound = {
            "eventId": changes["eventId"] if "eventId" in changes else self.event(crn)["eventId"],
            "countsTowardsRar": False,
            "typeCode": "COAP",
            "start": at("10:00"),
            "end": at("11:00"),
            "manager": MANAGER,
            "officeCode": "N90HAR",
            "notes": "Invented for a test.",
        }
        return {name: value for name, value in {**sound, **changes}.items() if value is not None}

    def book(self, crn: str = BRIAN, /, *, reference: str | None = None, **changes: Any) -> requests.Response:
        path = f"cases/{crn}/appointments/{quote(reference or appointment_reference(), safe='')}"
        return self.put(path, self.appointment_body(crn, **changes))

    def booked(self, crn: str = BRIAN, /, **changes: Any) -> dict[str, Any]:
        answer = self.book(crn, **changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def session_on(self, nsi_id: int, crn: str = BRIAN, /, **changes: Any) -> dict[str, Any]:
        """A RAR session booked on an NSI."""
        return self.booked(crn, nsiId=nsi_id, countsTowardsRar=True, **changes)

    def appointments(self, crn: str = BRIAN, **query: Any) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = found(self.get(f"cases/{crn}/appointments", **query))["appointments"]
        return listed

    def appointment(self, contact_id: int, crn: str = BRIAN) -> dict[str, Any]:
        return found(self.get(f"cases/{crn}/contacts/{contact_id}"))

    def record(self, appointment: dict[str, Any], crn: str = BRIAN, /, *, key: Any = None, **body: Any) -> Any:
        """Record an outcome, attended and complied unless said otherwise."""
        sent = {"version": appointment["version"], "outcomeCode": "ATTC", **body}
        path = f"cases/{crn}/contacts/{appointment['contactId']}/outcome"
        return self.put(path, sent, headers={"Idempotency-Key": str(key or uuid4())})

    def reschedule(self, appointment: dict[str, Any], crn: str = BRIAN, /, **changes: Any) -> requests.Response:
        """Move an appointment to two o'clock, as the person asked, unless said otherwise; None takes a field away."""
        sound = {
            "version": appointment["version"],
            "externalReference": appointment_reference(),
            "start": at("14:00"),
            "end": at("15:00"),
            "officeCode": "N90HAR",
            "requestedBy": "PERSON",
            "reason": "Asked for the afternoon.",
        }
        body = {name: value for name, value in {**sound, **changes}.items() if value is not None}
        return self.put(f"cases/{crn}/contacts/{appointment['contactId']}/reschedule", body)

    def changes(self, *types: str, **query: Any) -> dict[str, Any]:
        return found(self.get("changes", nsiTypeCode=types or [TOOLKIT], **query))


def found(answer: requests.Response) -> dict[str, Any]:
    """The body of a 200."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    return dict(answer.json())


def refused(answer: requests.Response, field: str) -> bool:
    """Whether a request is refused because of a field; fails with the answer where another thing happened."""
    assert answer.status_code == 400, f"{answer.status_code} {answer.text}"
    assert field in {each["field"] for each in answer.json()["fields"]}, answer.text
    return True


def conflicts(answer: requests.Response, reason: str) -> bool:
    """Whether a request conflicts with what is there; fails with the answer where another thing happened."""
    assert answer.status_code == 409, f"{answer.status_code} {answer.text}"
    assert answer.json()["reason"] == reason, answer.text
    return True
