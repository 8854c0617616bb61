"""Walking the journey with a test client."""

import html
import re
from datetime import date, timedelta
from typing import Any

from django.test import Client

from booking.models import Draft

# What the button sends that arranges an appointment although there is another one.
ANYWAY = {"overlap": "allow"}
ORDER = ("type", "rar", "toolkit", "where", "when", "repeat", "notes", "sensitive")


def day_in(days: int) -> dict[str, str]:
    """A day from now, as the three inputs send it."""
    day = date.today() + timedelta(days=days)
    return {"date_day": str(day.day), "date_month": str(day.month), "date_year": str(day.year)}


def typed(*, days: int = 7, **changed: str) -> dict[str, dict[str, str]]:
    """What a practitioner at Harrow End types for an office visit that counts towards RAR."""
    flat = {
        "type": "COAP",
        "rar": "yes",
        "toolkit": "developing-dialogues",
        "notes": "",
        "sensitive": "no",
        "start_time": "9am",
        "end_time": "9:30am",
        "office": "N90HAR",
    } | changed
    return {
        "type": {"type": flat["type"]},
        "rar": {"rar": flat["rar"]},
        "toolkit": {"toolkit": flat["toolkit"]},
        "where": {"office": flat["office"]},
        "when": {**day_in(days), "start_time": flat["start_time"], "end_time": flat["end_time"]},
        "repeat": {"repeat": "no"},
        "notes": {"notes": flat["notes"]},
        "sensitive": {"sensitive": flat["sensitive"]},
    }


def answer_up_to(client: Client, step: str, *, crn: str = "X000001", **changed: str) -> None:
    """Answer every question before `step`."""
    answers = typed(**changed)
    for slug in ORDER[: ORDER.index(step)]:
        answer = client.post(f"/cases/{crn}/arrange/{slug}/", answers[slug])
        assert answer.status_code == 302, answer.content.decode()


def answer_all(client: Client, *, crn: str = "X000001", days: int = 7, **changed: str) -> None:
    """Answer every question that is asked, until *Check your answers*."""
    answers = typed(days=days, **changed)
    address = client.get(f"/cases/{crn}/arrange/")["Location"]
    while not address.endswith("/check/"):
        slug = address.rstrip("/").rsplit("/", 1)[-1]
        answer = client.post(address, answers[slug])
        assert answer.status_code == 302, answer.content.decode()
        address = answer["Location"]


def sent_by_the_page_of(draft: Draft) -> dict[str, str]:
    """What *Check your answers* sends when its button is pressed."""
    return {"booking_id": str(draft.booking_id), "answers": draft.fingerprint}


def hidden_inputs(answer: Any) -> dict[str, str]:
    """What the form of a page carries besides what people type."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in found}


def press(client: Client, *, crn: str = "X000001", anyway: bool = False) -> Any:
    """Open *Check your answers* and press its button, as a browser does: with everything that the page carries."""
    path = f"/cases/{crn}/arrange/check/"
    page = client.get(path)
    assert ("it anyway" in page.content.decode() or "them anyway" in page.content.decode()) == anyway
    return client.post(path, hidden_inputs(page) | (ANYWAY if anyway else {}))
