"""What the simulator's tests share: a caller with a token, and requests that are sound until a test spoils them."""

from typing import Any

import requests

from tests.simulator_process import REQUEST_SECONDS, Simulator

NOW = "2026-06-10T10:00:00+01:00"
TODAY = "2026-06-10"
YESTERDAY = "2026-06-09"
TOMORROW = "2026-06-11"
EVENT_REFERRAL = "2025-11-22"
TOOLKIT = "TKDEV"


class Delius:
    """The three services as one caller with one token sees them."""

    def __init__(self, simulator: Simulator, token: str) -> None:
        self.simulator = simulator
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        self._session.close()

    def community(self, path: str, *, method: str = "GET", **details: Any) -> requests.Response:
        url = f"{self.simulator.community_url}/secure/{path}"
        return self._session.request(method, url, timeout=REQUEST_SECONDS, **details)

    def person(self, crn: str, path: str = "", **query: Any) -> requests.Response:
        return self.community(f"offenders/crn/{crn}{path}", params=query)

    def delius(self, method: str, path: str, body: Any = None) -> requests.Response:
        url = f"{self.simulator.delius_url}/v1/{path}"
        return self._session.request(method, url, json=body, timeout=REQUEST_SECONDS)

    def event_ids(self, crn: str) -> list[int]:
        return [event["convictionId"] for event in self.person(crn, "/convictions").json()]

    def requirements(self, crn: str) -> list[dict[str, Any]]:
        event_id = self.event_ids(crn)[0]
        found: list[dict[str, Any]] = self.person(crn, f"/convictions/{event_id}/requirements").json()["requirements"]
        return found

    def nsi(self, crn: str = "X000001", /, **changes: Any) -> dict[str, Any]:
        """A sound NewNsi; None takes a field away."""
        sound = {
            "offenderCrn": crn,
            "eventId": self.event_ids(crn)[0],
            "requirementId": next((item["requirementId"] for item in self.requirements(crn)), None),
            "type": TOOLKIT,
            "status": "INPROG",
            "statusDate": NOW,
            "referralDate": TODAY,
            "intendedProvider": "N90",
            "manager": {"provider": "N90", "team": "N90AAA", "staff": "N90A001"},
            "notes": "Invented for a test.",
        }
        return {name: value for name, value in {**sound, **changes}.items() if value is not None}

    def create_nsi(self, crn: str = "X000001", /, **changes: Any) -> requests.Response:
        return self.delius("POST", "nsi", self.nsi(crn, **changes))

    def made_nsi(self, crn: str = "X000001", /, **changes: Any) -> int:
        answer = self.create_nsi(crn, **changes)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def appointment(self, **changes: Any) -> dict[str, Any]:
        """A sound AppointmentCreateRequest without RAR, tomorrow from ten to eleven; None takes a field away."""
        sound = {
            "contactType": "COAP",
            "appointmentStart": f"{TOMORROW}T10:00:00+01:00",
            "appointmentEnd": f"{TOMORROW}T11:00:00+01:00",
            "officeLocationCode": "N90HAR",
            "notes": "Invented for a test.",
            "sensitive": False,
            "providerCode": "N90",
            "teamCode": "N90AAA",
            "staffCode": "N90A001",
        }
        return {name: value for name, value in {**sound, **changes}.items() if value is not None}

    def book(self, crn: str = "X000001", event_id: int | None = None, /, **changes: Any) -> requests.Response:
        event = self.event_ids(crn)[0] if event_id is None else event_id
        return self.community(
            f"offenders/crn/{crn}/sentence/{event}/appointments", method="POST", json=self.appointment(**changes)
        )

    def booked(self, crn: str = "X000001", /, **changes: Any) -> int:
        answer = self.book(crn, **changes)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["appointmentId"])


def refused(answer: requests.Response, reason: str) -> bool:
    """Whether a rule was named as broken; fails with the answer where another thing happened."""
    assert answer.status_code == 400, f"{answer.status_code} {answer.text}"
    assert reason in answer.json()["developerMessage"], answer.text
    return True
