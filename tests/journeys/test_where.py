"""Where an appointment is, in the browser: asked only where there is something to choose, and nobody is stuck."""

import pytest

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def test_a_phone_call_is_not_asked_where_and_has_no_place_in_delius(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner who arranges a phone call
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Phone call")

    # When they answer whether it counts towards RAR
    practitioner.answers("Will this be a RAR toolkit session?", "No")

    # Then the next question is when, and no location is shown or sent
    practitioner.answers_from_when_on()
    assert "Location" not in practitioner.answers_shown()
    practitioner.finds_the_page_accessible()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (call,) = [each for each in simulator.contacts("X000001") if each["type"] == "COPT"]
    assert call["officeLocationCode"] is None


def test_a_place_that_is_not_in_the_list_is_explained_and_the_question_can_still_be_answered(
    practitioner: Practitioner,
) -> None:
    # Given a practitioner who is asked where
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.is_asked("Pick a location for this appointment")
    practitioner.finds_the_page_accessible()
    offices = practitioner.choices()

    # When the place is not in the list
    practitioner.answers("Pick a location for this appointment", "The location I’m looking for is not in this list")

    # Then a page says what to do, and leads back to the same list by its link and by Back
    practitioner.is_asked("Arrange an appointment in another location")
    practitioner.finds_the_page_accessible()
    practitioner.follows("Pick one of your team’s locations")
    practitioner.answers("Pick a location for this appointment", "The location I’m looking for is not in this list")
    practitioner.is_asked("Arrange an appointment in another location")
    practitioner.goes_back()
    practitioner.is_asked("Pick a location for this appointment")
    assert practitioner.choices() == offices
    practitioner.answers("Pick a location for this appointment", "Wharfside Centre")
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["Location"] == "Wharfside Centre"


def test_somebody_whose_team_has_no_offices_gets_away_to_another_type_and_arranges_it(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner whose team has no office, who wants an office visit
    practitioner.signs_in_as("Terry Twoteams")
    practitioner.arranges_an_appointment_for("Quinn Nooffice")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.is_asked("Your team has no offices to choose from")
    practitioner.finds_the_page_accessible()

    # When they follow the way out to a home visit
    practitioner.follows("choose another type of appointment")
    practitioner.answers("What type of appointment will it be?", "Home visit")

    # Then it can be arranged
    practitioner.answers_from_when_on()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.contacts("X000016")] == ["CHVS"]
