"""What a person is texted: their first name, day, time and place, and nothing of probation, RAR or the toolkit.

The templates in GOV.UK Notify say the same, word for word (docs/runbook.md): before a text is sent, what Notify would
send is compared with what the user was shown.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from appointments.models import TextKind
from delius.records import Appointment, Case, Office
from govuk.formats import clock

TEMPLATES = {
    TextKind.ARRANGED: "((first_name)), your appointment is on ((day)) at ((time)). ((place))",
    TextKind.MOVED: "((first_name)), your appointment has moved. It is now on ((day)) at ((time)). ((place))",
}
# By type of appointment; others are at an office, if anywhere.
PLACES = {"COPT": "We will phone you.", "COVC": "It will be a video call.", "CHVS": "It will be at your home."}
# What would say of somebody that they are on probation.
_TELLING = re.compile(r"probation|offend|justice|court|\brar\b", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """A text and the values of its template's placeholders."""

    kind: TextKind
    personalisation: dict[str, str]

    @property
    def body(self) -> str:
        """The text as the person gets it."""
        body = re.sub(r"\(\((\w+)\)\)", lambda name: self.personalisation[name[1]], TEMPLATES[self.kind])
        return in_one_line(body)

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return digest(self.body)


def text_of(case: Case, appointment: Appointment, *, kind: TextKind) -> Text:
    """Return the text about an appointment."""
    start = appointment.start
    values = {
        "first_name": case.name.familiar,
        "day": f"{start:%A} {start.day} {start:%B}",
        "time": clock(start.time()),
        "place": _place(appointment),
    }
    return Text(kind, values)


def is_still_to_come(appointment: Appointment, *, now: datetime) -> bool:
    """Return whether an appointment can be told of: it is to come, and was neither moved nor given an outcome."""
    return appointment.start > now and appointment.outcome is None and not appointment.rescheduled_to


def in_one_line(body: str) -> str:
    """Return a text with each run of whitespace as one space, and none at its ends."""
    return " ".join(body.split())


def digest(body: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(in_one_line(body).encode()).hexdigest()


def _place(appointment: Appointment) -> str:
    if place := PLACES.get(appointment.type.code):
        return place
    address = _address(appointment.office) if appointment.office else ""
    return f"The address is {address}." if address else ""


def _address(office: Office) -> str:
    """Return the address without the office's name, and without what says that it is a probation office."""
    street = " ".join(filter(None, (office.building_number, office.street_name)))
    parts = (office.building_name, street, office.town, office.postcode)
    return ", ".join(part for part in parts if part and not _TELLING.search(part))
