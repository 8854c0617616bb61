"""Telling a person about an appointment by text, in the browser."""

import pytest
from pytest_django import Settings

from appointments.services.texts.sending import send_due
from tests.appointments.moves import session
from tests.appointments.texts import turn_on
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def texts_on(settings: Settings, simulator: Simulator) -> None:
    """Texts are on in this file."""
    turn_on(settings, simulator)


def fits(practitioner: Practitioner) -> None:
    for width in (375, 320):
        practitioner.page.set_viewport_size({"width": width, "height": 740})
        assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= width
    practitioner.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_person_who_agrees_is_texted_when_an_appointment_is_arranged(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given an appointment that was just arranged, of somebody with a mobile number
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    text = practitioner.page.locator(".govuk-inset-text").inner_text()
    assert text.startswith("Brian, your appointment is on ")
    practitioner.finds_the_page_accessible()
    fits(practitioner)

    # When the practitioner does not say whether Brian agrees, then they are asked again
    practitioner.page.get_by_role("button", name="Save answer").click()
    practitioner.sees_the_problem("Select yes if Brian agrees to get this text")
    practitioner.finds_the_page_accessible()
    fits(practitioner)

    # When Brian agrees, then the worker sends exactly what was shown
    practitioner.page.get_by_label("Yes, Brian agrees to get this text").check()
    practitioner.page.get_by_role("button", name="Save answer").click()
    practitioner.sees("Text waiting to be sent.")
    practitioner.finds_the_page_accessible()
    send_due()
    assert [each["body"] for each in simulator.texts()] == [text]

    # And Brian's overview and the appointment say what became of it
    practitioner.follows("Go to the appointment")
    practitioner.sees("We do not know yet whether it arrived")
    practitioner.finds_the_page_accessible()
    practitioner.follows("Go to Brian’s overview")
    practitioner.sees("We do not know yet whether it arrived")
    practitioner.finds_the_page_accessible()
    fits(practitioner)


def test_a_person_is_texted_about_a_move_without_javascript(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    # Given an appointment that was just moved, in a browser that runs no JavaScript
    practitioner = practitioner_without_javascript
    contact_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(f"/cases/X000001/appointments/{contact_id}/move/")
    practitioner.page.get_by_role("radio").first.check()
    practitioner.page.get_by_role("textbox").first.fill("Asked for the afternoon.")
    practitioner.continues()
    practitioner.types_when(*in_days(9), "2pm", "3pm")
    practitioner.continues()
    practitioner.page.get_by_role("radio").first.check()
    practitioner.continues()
    practitioner.page.locator("main form button").first.click()

    # When Brian agrees to be texted
    practitioner.sees("your appointment has moved. It is now on")
    practitioner.page.get_by_label("Yes, Brian agrees to get this text").check()
    practitioner.page.get_by_role("button", name="Save answer").click()
    practitioner.sees("Text waiting to be sent.")

    # Then the text tells the new time
    send_due()
    (text,) = simulator.texts()
    assert text["body"].startswith("Brian, your appointment has moved. It is now on ")
    assert " at 2pm. The address is " in text["body"]


def test_nobody_without_a_mobile_number_is_asked_about(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Kim Legacy")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers_from_when_on()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert practitioner.page.get_by_role("button", name="Save answer").count() == 0
