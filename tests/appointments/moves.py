"""Walking through a move with a test client."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.booking.journeys import day_in, hidden_inputs
from tests.simulator_process import Simulator

BRIAN = "X000001"
DIALOGUES = "TKDEV"
REASON = "Asked for the afternoon."


def day(days: int) -> str:
    """A day from now, as Delius has it."""
    return (date.today() + timedelta(days=days)).isoformat()


def session(
    simulator: Simulator, *, crn: str = BRIAN, days: int = 7, start: str = "09:00", end: str = "10:00", **fields: Any
) -> int:
    """Put a RAR session that this service arranged into Delius, and return its contact id.

    An office visit at Harrow End on a toolkit's NSI, unless said otherwise.
    """
    if "nsiId" not in fields:
        nsis = [each for each in simulator.nsis(crn) if each["type"] == DIALOGUES]
        fields["nsiId"] = (nsis[0] if nsis else simulator.add_nsi(crn, DIALOGUES))["nsiId"]
    usual = {
        "type": "COAP",
        "officeLocationCode": "N90HAR",
        "rarActivity": True,
        "notes": "Bring the workbook.",
        "externalReference": f"urn:hmpps:rarbooking:appointment:{uuid4()}",
    }
    made = simulator.add_contact(crn, start=f"{day(days)}T{start}", end=f"{day(days)}T{end}", **usual | fields)
    return int(made["contactId"])


def weekly(simulator: Simulator, number: int, *, days: int = 7, **fields: Any) -> list[int]:
    """Put sessions a week apart into Delius, and return their contact ids."""
    return [session(simulator, days=days + 7 * week, **fields) for week in range(number)]


def move_url(contact_id: int, page: str = "", *, crn: str = BRIAN) -> str:
    """The address of a page of a move."""
    return f"/cases/{crn}/appointments/{contact_id}/move/{page}"


def typed(*, days: int = 9, **changed: str) -> dict[str, dict[str, str]]:
    """What a practitioner types who moves an appointment, by question."""
    flat = {
        "requested_by": "PERSON",
        "reason": REASON,
        "which": "alone",
        "start_time": "2pm",
        "end_time": "3pm",
        "office": "N90WHF",
    } | changed
    return {
        "": {"requested_by": flat["requested_by"], "reason": flat["reason"]},
        "which/": {"which": flat["which"]},
        "when/": {**day_in(days), "start_time": flat["start_time"], "end_time": flat["end_time"]},
        "where/": {"office": flat["office"]},
    }


def answer_all(client: Client, contact_id: int, *, crn: str = BRIAN, days: int = 9, **changed: str) -> None:
    """Answer every question that is asked, until *Check your answers*."""
    answers, start = typed(days=days, **changed), move_url(contact_id, crn=crn)
    address = start
    while not address.endswith("/check/"):
        answer = client.post(address, answers[address.removeprefix(start)])
        assert answer.status_code == 302, answer.content.decode()
        address = answer["Location"]


def press(client: Client, contact_id: int, *, anyway: bool = False) -> Any:
    """Open *Check your answers* and press its button, with everything that the page carries."""
    page = client.get(move_url(contact_id, "check/"))
    assert (" anyway" in page.content.decode()) == anyway, page.content.decode()
    sent = hidden_inputs(page) | ({"overlap": "allow"} if anyway else {})
    return client.post(move_url(contact_id, "check/"), sent)


def contact(simulator: Simulator, contact_id: int) -> dict[str, Any]:
    """A contact as it is in Delius's record."""
    return next(each for each in simulator.contacts() if each["contactId"] == contact_id)
