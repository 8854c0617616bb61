"""iCalendar files of appointments.

An appointment that was moved keeps its UID, which is that of the first reference, and gets a higher SEQUENCE, so that
calendars move what they have (RFC 5545, 3.8.7.4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from icalendar import Calendar, Event

from cases.presenters.appointment_types import type_name
from delius.records import Appointment, Office

PRODUCT = "-//HMPPS//Probation appointments//EN"
# How long an appointment is in a calendar whose end Delius does not have.
UNKNOWN_LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """An appointment in a calendar, without the person. `moves` is how often it was moved."""

    uid: str
    moves: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    location: str


def entry_of(appointment: Appointment, *, uid: str, moves: int, stamp: datetime) -> Entry:
    """Return the entry of an appointment as Delius has it; `stamp` is when it was read or made."""
    return Entry(
        uid=uid,
        moves=moves,
        stamp=stamp,
        start=appointment.start,
        end=appointment.end or appointment.start + UNKNOWN_LENGTH,
        summary=type_name(appointment.type) or "Appointment",
        location=_location(appointment.office) if appointment.office else "",
    )


def uid_of(appointment: Appointment) -> str:
    """Return the UID of an appointment that was never moved: the UUID of our reference, else its id in Delius."""
    return appointment.external_reference.rpartition(":")[2] or f"contact-{appointment.contact_id}"


def where_now(appointment: Appointment, known: Mapping[int, Appointment]) -> tuple[Appointment, int]:
    """Return the appointment that took the place of one, and after how many moves, as far as it is `known` by id."""
    moves = 0
    while (moved_to := appointment.rescheduled_to) and moved_to in known and moves < len(known):
        appointment, moves = known[moved_to], moves + 1
    return appointment, moves


def calendar_answer(entries: Iterable[Entry]) -> HttpResponse:
    """Return entries as an iCalendar file to download."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.moves)
        event.add("dtstamp", entry.stamp)
        event.add("dtstart", entry.start)
        event.add("dtend", entry.end)
        event.add("summary", entry.summary)
        if entry.location:
            event.add("location", entry.location)
        calendar.add_component(event)
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


def _location(office: Office) -> str:
    return ", ".join(filter(None, (office.label, office.address)))
