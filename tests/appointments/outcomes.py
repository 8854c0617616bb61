"""Recording an outcome with a test client."""

from datetime import date
from typing import Any

from django.test import Client

from tests.booking.journeys import hidden_inputs
from tests.simulator_process import Simulator

OTTO = "X000029"
NOTES = "Came on time; talked about the workbook’s second part 🙂."
CAME = {"attendance": "complied", "notes": NOTES}
ABSENT = {
    "attendance": "unacceptable-absence",
    "enforcement_unacceptable-absence": "ROM",
    "notes": "Did not ring.",
}
ILL = {"attendance": "acceptable-absence", "outcome_acceptable-absence": "AAME"}


def appointments(simulator: Simulator, crn: str = OTTO) -> list[dict[str, Any]]:
    """Somebody's appointments as they are in Delius's record, the earliest first."""
    found = [each for each in simulator.contacts(crn) if each["end"]]
    return sorted(found, key=lambda each: str(each["start"]))


def past(simulator: Simulator, crn: str = OTTO) -> int:
    """The contact id of somebody's first appointment that has begun and has no outcome."""
    today = date.today().isoformat()
    return next(
        int(each["contactId"])
        for each in appointments(simulator, crn)
        if each["start"] < today and not each.get("outcome")
    )


def record_of(simulator: Simulator, contact_id: int) -> dict[str, Any]:
    """An appointment as it is in Delius's record."""
    return next(each for each in simulator.contacts() if each["contactId"] == contact_id)


def outcome_url(contact_id: int, page: str = "", *, crn: str = OTTO) -> str:
    """The address of a page of recording an outcome."""
    return f"/cases/{crn}/appointments/{contact_id}/outcome/{page}"


def answer(client: Client, contact_id: int, answers: dict[str, str] = CAME, *, crn: str = OTTO) -> None:
    """Answer the question, until *Check your answers*."""
    answered = client.post(outcome_url(contact_id, crn=crn), answers)
    assert answered.status_code == 302, answered.content.decode()
    assert answered["Location"] == outcome_url(contact_id, "check/", crn=crn)


def press(client: Client, contact_id: int, *, crn: str = OTTO) -> Any:
    """Open *Check your answers* and press its button, with everything that the page carries."""
    path = outcome_url(contact_id, "check/", crn=crn)
    return client.post(path, hidden_inputs(client.get(path)))


def record(client: Client, contact_id: int, answers: dict[str, str] = CAME, *, crn: str = OTTO) -> Any:
    """Answer and confirm, and return the page that follows."""
    answer(client, contact_id, answers, crn=crn)
    return client.get(press(client, contact_id, crn=crn)["Location"])
