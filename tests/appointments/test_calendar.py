"""An appointment that moves, moves in the calendar that has it, and tells nothing about the person."""

from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from appointments.models import Move
from booking.models import Booking
from tests.appointments.moves import BRIAN, answer_all, press, session
from tests.booking.journeys import answer_all as arrange
from tests.booking.journeys import hidden_inputs
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db


def entry(client: Client, address: str) -> Any:
    """The only entry of a calendar file."""
    answer = client.get(f"{address}calendar.ics")
    calendar = Calendar.from_ical(answer.content)
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    return event


def moved(client: Client, contact_id: int, **changed: Any) -> int:
    """Move an appointment, and return the id of the one that took its place."""
    answer_all(client, contact_id, **changed)
    press(client, contact_id)
    new = Move.objects.get(contact_id=contact_id).new_contact_id
    assert new
    return new


def test_an_appointment_that_was_moved_has_the_uid_it_had_and_a_higher_sequence(
    robin: Client, simulator: Simulator
) -> None:
    first = session(simulator)
    before = entry(robin, f"/cases/{BRIAN}/appointments/{first}/")
    second = moved(robin, first)
    third = moved(robin, second, days=10)
    after = [entry(robin, f"/cases/{BRIAN}/appointments/{each}/") for each in (second, third)]
    assert {event["UID"] for event in (before, *after)} == {before["UID"]}
    assert [int(event["SEQUENCE"]) for event in (before, *after)] == [0, 1, 2]
    there = next(each for each in simulator.contacts(BRIAN) if each["contactId"] == third)
    assert after[1].decoded("DTSTART").strftime("%Y-%m-%dT%H:%M") == there["start"][:16]


def test_the_page_of_a_booking_gives_the_time_that_its_appointment_was_moved_to(
    robin: Client, simulator: Simulator
) -> None:
    arrange(robin)
    page = robin.get(f"/cases/{BRIAN}/arrange/check/")
    address = robin.post(f"/cases/{BRIAN}/arrange/check/", hidden_inputs(page))["Location"]
    arranged = entry(robin, address)
    new = moved(robin, Booking.objects.get().appointment_id or 0)
    from_the_booking, from_the_new_one = entry(robin, address), entry(robin, f"/cases/{BRIAN}/appointments/{new}/")
    assert from_the_booking["UID"] == from_the_new_one["UID"] == arranged["UID"]
    assert [int(each["SEQUENCE"]) for each in (arranged, from_the_booking, from_the_new_one)] == [0, 1, 1]
    assert from_the_booking["DTSTART"].dt == from_the_new_one["DTSTART"].dt != arranged["DTSTART"].dt


def test_an_entry_is_called_by_its_type_and_is_at_an_address(robin: Client, simulator: Simulator) -> None:
    event = entry(robin, f"/cases/{BRIAN}/appointments/{session(simulator)}/")
    assert event["SUMMARY"] == "Office visit"
    assert str(event["LOCATION"]).startswith("Harrow End Probation Office, Harrow House, 1 Example Street")
    for private in ("Brian", BRIAN, "workbook", "RAR", "Dialogues"):
        assert private not in event.to_ical().decode()


def test_a_booking_goes_into_a_calendar_also_while_delius_is_away(robin: Client, simulator: Simulator) -> None:
    arrange(robin)
    page = robin.get(f"/cases/{BRIAN}/arrange/check/")
    address = robin.post(f"/cases/{BRIAN}/arrange/check/", hidden_inputs(page))["Location"]
    simulator.fault("getAppointments", "status", status=503, times=None)
    assert entry(robin, address)["DTSTART"].dt == Booking.objects.get().start
