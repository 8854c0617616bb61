"""RAR days as a budget that is shown, and never a lock."""

from datetime import date, timedelta

import pytest
from django.test import Client

from booking.journey.budget import RarDays
from booking.presenters.rar_days import rar_days_bar
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm, toolkit_nsis, visits
from tests.simulator_process import Simulator
from toolkits.selectors import ToolkitChoice

TOOLKIT = ToolkitChoice(
    name="Sample",
    slug="sample",
    nsi_type_code="TKX",
    nsi_sub_type_code=None,
    nsi_status_code="INPROG",
    nsi_length=None,
    nsi_notes="",
    is_placeholder=False,
)

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"


def shown(client: Client, crn: str = "X000001") -> str:
    return str(client.get(f"/cases/{crn}/arrange/check/").content.decode())


def test_the_answers_show_days_ordered_completed_booked_ahead_and_added(robin: Client, simulator: Simulator) -> None:
    for days in (7, 14):
        answer_all(robin, days=days)
        confirm(robin)
    answer_all(robin, days=21)
    page = shown(robin)
    assert "2 days completed of 20 days ordered" in page
    assert "2 days already booked ahead" in page
    assert "1 day added by this booking" in page
    assert "You can still confirm it" not in page
    assert "A RAR day is a day with at least one RAR session" in page


def test_a_second_session_on_a_day_adds_none(robin: Client) -> None:
    answer_all(robin)
    confirm(robin)
    answer_all(robin, start_time="2pm", end_time="3pm")
    assert "0 days added by this booking" in shown(robin)


def test_an_appointment_without_rar_shows_no_days(robin: Client) -> None:
    answer_all(robin, rar="no")
    assert "RAR days" not in shown(robin)


def test_a_booking_past_the_days_ordered_is_warned_about_and_can_be_confirmed(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    confirm(robin)
    (nsi,) = toolkit_nsis(simulator)
    for ahead in range(20):
        day = (date.today() + timedelta(days=30 + ahead)).isoformat()
        simulator.add_contact(
            "X000001", start=f"{day}T09:00", end=f"{day}T09:30", type="COAP", nsiId=nsi["nsiId"], rarActivity=True
        )
    answer_all(robin, days=14)
    assert "This goes 4 days past what the court ordered. You can still confirm it" in shown(robin)
    before = len(visits(simulator))
    confirm(robin)
    assert len(visits(simulator)) == before + 1


def test_where_the_log_cannot_be_read_the_answers_say_so(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    simulator.fault("contact_summary", "status", status=429)
    page = shown(robin)
    assert "We cannot see what is already booked at the moment" in page
    assert "Confirm this appointment" in page


def test_days_that_were_not_recorded_are_said_to_be_not_recorded() -> None:
    days = RarDays(ordered=None, completed=3, ahead=1, added=1)
    bar = rar_days_bar(days, TOOLKIT)
    assert bar.sentences[0] == "3 days completed. Delius does not say how many were ordered"
    assert (bar.warning, bar.total) == ("", 5)
