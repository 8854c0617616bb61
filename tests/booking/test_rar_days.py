"""RAR days as a budget that is shown, and never a lock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client

from booking.journey.rar_days import RarDays
from booking.models import Booking
from booking.presenters.rar_days import rar_days_bar
from govuk.formats import LONDON
from tests.booking.journeys import answer_all, press
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


def test_a_session_today_that_was_attended_already_leaves_no_day_for_another_one_today_to_add(
    signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    # Tess Todaydone attended just after midnight.
    with time_machine.travel(datetime.combine(date.today(), time(8), tzinfo=LONDON), tick=True):
        simulator.freeze(datetime.combine(date.today(), time(8), tzinfo=LONDON).isoformat())
        robin = signed_in("ROBIN.SAMPLE")
        answer_all(robin, crn="X000025", days=0, toolkit="stepping-stones")
        page = shown(robin, "X000025")
        assert "1 day completed of 10 days ordered" in page
        assert "0 days already booked ahead" in page
        assert "0 days added by this booking" in page
        press(robin, crn="X000025")
        answer_all(robin, crn="X000025", days=1, toolkit="stepping-stones")
        page = shown(robin, "X000025")
        assert "1 day completed of 10 days ordered" in page
        assert "0 days already booked ahead" in page
        assert "1 day added by this booking" in page


def test_a_session_of_another_toolkit_or_straight_on_the_requirement_counts_for_its_day_too(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    confirm(robin)
    requirement_id = Booking.objects.get().requirement_id
    for days, where in ((9, {"requirementId": requirement_id}), (11, {"requirementId": None})):
        day = (date.today() + timedelta(days=days)).isoformat()
        simulator.add_contact("X000001", start=f"{day}T14:00", end=f"{day}T15:00", rarActivity=True, **where)
    for days, added in ((7, "0 days"), (9, "0 days"), (11, "1 day"), (13, "1 day")):
        robin.post(f"{CASE}/discard/")
        answer_all(robin, days=days, toolkit="maps-for-change")
        assert f"{added} added by this booking" in shown(robin)


def test_an_appointment_on_the_same_day_that_does_not_count_leaves_the_day_to_add(robin: Client) -> None:
    answer_all(robin, rar="no")
    confirm(robin)
    answer_all(robin, start_time="2pm", end_time="3pm")
    assert "1 day added by this booking" in shown(robin)


def test_what_was_ordered_in_weeks_is_said_in_weeks(robin: Client) -> None:
    answer_all(robin, crn="X000026")
    assert "The court ordered 12 weeks, so we cannot say how many days are left" in shown(robin, "X000026")


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


@pytest.mark.parametrize("operation", ["getAppointments", "getNsis"])
def test_where_the_appointments_cannot_be_read_the_answers_say_what_is_not_known(
    robin: Client, simulator: Simulator, operation: str
) -> None:
    answer_all(robin)
    simulator.fault(operation, "status", status=429)
    page = shown(robin)
    assert "2 days completed of 20 days ordered" in page
    assert "We cannot see which days at the moment, nor what this booking adds" in page
    assert "Confirm this appointment" in page


def test_days_that_were_not_recorded_are_said_to_be_not_recorded() -> None:
    days = RarDays(ordered=None, completed=3, booked=1, added=1)
    bar = rar_days_bar(days, TOOLKIT)
    assert bar.segments[0].text == "3 days completed. Delius does not say how many were ordered"
    assert (bar.warning, bar.total) == ("", 5)
