"""What a practitioner does in a browser, page by page: sign in, and arrange a RAR appointment.

Whoever has a client that sends one request at a time can drive it: a load tool, a test, a script.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import requests

LONDON = ZoneInfo("Europe/London")
TOOLKITS = (
    "choices-and-changes",
    "connection-and-community",
    "developing-dialogues",
    "maps-for-change",
    "stepping-stones",
)
SLOTS_A_DAY = 16
FIRST_SLOT = time(9)
SLOT = timedelta(minutes=30)

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
STEP = re.compile(r"/arrange/([a-z-]+)/$")
BOOKING = re.compile(r"/appointments/([0-9a-f-]{36})/$")
HEADING = re.compile(r"<h1[^>]*>\s*(.*?)\s*</h1>", re.DOTALL)
MOST_PAGES = 40

ARRANGED, UNDER_WAY, NOT_ARRANGED = "arranged", "under way", "not arranged"
OUTCOMES = {"Appointment arranged": ARRANGED, "We’re still saving this appointment": UNDER_WAY}


class JourneyFailed(Exception):
    """A page was not the one that a journey expects."""


@dataclass(frozen=True)
class Answer:
    """What came back: a status, the page, and where it sends the browser. The status is 0 where nothing came back."""

    status: int
    text: str
    location: str = ""


class Client(Protocol):
    """Sends one request, without following where the answer sends it. `name` is what it is counted under."""

    def get(self, address: str, *, name: str) -> Answer:
        """Ask for a page."""

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Answer:
        """Send a form."""


class Browser:
    """Sends a journey's requests with a session of its own."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session = requests.Session()

    def get(self, address: str, *, name: str) -> Answer:
        return self._answer("GET", address)

    def post(self, address: str, fields: Mapping[str, str], *, name: str) -> Answer:
        return self._answer("POST", address, data=fields)

    def _answer(self, method: str, address: str, **options: Any) -> Answer:
        url = address if address.startswith("http") else f"{self._base}{address}"
        got = self._session.request(method, url, allow_redirects=False, timeout=60, **options)
        return Answer(got.status_code, got.text, got.headers.get("Location", ""))


@dataclass(frozen=True)
class Wanted:
    """The appointment that a journey is to arrange."""

    crn: str
    start: datetime
    toolkit: str


@dataclass(frozen=True)
class Confirmed:
    """What somebody confirmed, and what the page then said of it."""

    booking_id: str
    wanted: Wanted
    outcome: str


def wanted(crn: str, number: int, *, today: date) -> Wanted:
    """Return the appointment for somebody's journey of this number, from 0: no two of them overlap."""
    day, slot = divmod(number, SLOTS_A_DAY)
    start = datetime.combine(today + timedelta(days=day + 2), FIRST_SLOT, tzinfo=LONDON) + slot * SLOT
    return Wanted(crn, start, TOOLKITS[number % len(TOOLKITS)])


def sign_in(client: Client, username: str) -> None:
    """Sign in through HMPPS Auth, as the simulator has it. Raises JourneyFailed."""
    sent_to = _sent(client.get("/sign-in/", name="sign in"))
    page = _shown(client.get(sent_to, name="HMPPS Auth"))
    address = urlsplit(sent_to)._replace(path="/auth/sign-in", query="").geturl()
    fields = {name: unescape(value) for name, value in dict(HIDDEN.findall(page)).items()}
    back = _sent(client.post(address, {**fields, "username": username}, name="HMPPS Auth"))
    _sent(client.get(back, name="signed in"))


def arrange(client: Client, appointment: Wanted, *, confirmed: "list[Confirmed]") -> Confirmed:
    """Arrange an appointment, from *Your cases* to what became of it.

    What is confirmed is added to `confirmed` before the button is pressed, with no outcome, so that it is known of
    whatever happens then; and is returned with its outcome. Raises JourneyFailed.
    """
    _shown(client.get("/", name="your cases"))
    address = answer_questions(client, appointment)
    page = _shown(client.get(address, name="check"))
    fields = _hidden(page)
    pressed = Confirmed(booking_id=fields["booking_id"], wanted=appointment, outcome="")
    confirmed.append(pressed)
    address = _sent(client.post(address, fields, name="confirm"))
    return Confirmed(pressed.booking_id, appointment, outcome_at(client, address))


def answer_questions(client: Client, appointment: Wanted) -> str:
    """Answer every question that is asked, and return the address of the page that shows the answers.

    Raises JourneyFailed.
    """
    return _answered(client, _sent(client.get(f"/cases/{appointment.crn}/arrange/", name="start")), appointment)


def confirm_draft(client: Client, crn: str) -> str:
    """Confirm answers that were given before, and return what became of it.

    Raises JourneyFailed where there are not all of them.
    """
    address = f"/cases/{crn}/arrange/check/"
    fields = _hidden(_shown(client.get(address, name="check")))
    return outcome_at(client, _sent(client.post(address, fields, name="confirm")))


def outcome_at(client: Client, address: str) -> str:
    """Return what the page of a booking says became of it. Raises JourneyFailed."""
    if not BOOKING.search(address):
        return NOT_ARRANGED
    heading = HEADING.search(_shown(client.get(address, name="outcome")))
    return OUTCOMES.get(unescape(heading[1]) if heading else "", NOT_ARRANGED)


def _answered(client: Client, address: str, appointment: Wanted) -> str:
    """Answer question after question, and return where that leads in the end."""
    for _ in range(MOST_PAGES):
        if address.endswith("/check/"):
            return address
        step = STEP.search(address)
        if step is None:
            raise JourneyFailed(f"{address} is not a question")
        page = _shown(client.get(address, name=f"question {step[1]}"))
        typed = {**_hidden(page), **_typed(step[1], appointment)}
        address = _sent(client.post(address, typed, name=f"answer {step[1]}"))
    raise JourneyFailed("The questions never end")


def _typed(step: str, appointment: Wanted) -> dict[str, str]:
    start = appointment.start
    end = start + SLOT
    answers = {
        "type": {"type": "COAP"},
        "rar": {"rar": "yes"},
        "toolkit": {"toolkit": appointment.toolkit},
        "where": {"office": "N90HAR"},
        "when": {
            "date_day": str(start.day),
            "date_month": str(start.month),
            "date_year": str(start.year),
            "start_time": f"{start:%H:%M}",
            "end_time": f"{end:%H:%M}",
        },
        "repeat": {"repeat": "no"},
        "notes": {"notes": "Bring the workbook."},
        "sensitive": {"sensitive": "no"},
    }
    if step not in answers:
        raise JourneyFailed(f"Nobody said what to answer to {step}")
    return answers[step]


def _hidden(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def _shown(answer: Answer) -> str:
    if answer.status != 200:
        raise JourneyFailed(f"{answer.status} {answer.location}")
    return answer.text


def _sent(answer: Answer) -> str:
    if answer.status not in (302, 303):
        heading = HEADING.search(answer.text)
        raise JourneyFailed(f"{answer.status} {heading[1] if heading else ''}")
    return answer.location
