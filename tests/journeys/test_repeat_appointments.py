"""Arranging an appointment and its repeats in the browser."""

import pytest
from playwright.sync_api import expect

from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def test_a_weekly_session_is_arranged_once_with_its_repeats(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given a practitioner who arranges a RAR session
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.answers("Which RAR toolkit will you use?", "Developing Dialogues")
    practitioner.says_when(*in_days(7), "9am", "9.30")

    # When they say that it repeats, and leave one date out
    practitioner.is_asked("Will this be a repeating appointment?")
    practitioner.page.get_by_label("Yes", exact=True).check()
    practitioner.page.get_by_label("Every 2 weeks").check()
    practitioner.page.get_by_label("Number of repeat appointments").fill("4")
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.is_asked("Appointments you’re arranging")
    practitioner.finds_the_page_accessible()
    practitioner.page.locator("input[name=dates]").nth(1).uncheck()
    practitioner.continues()
    practitioner.answers("Will the repeat appointments be RAR toolkit sessions too?", "Yes, using Developing Dialogues")
    practitioner.page.get_by_label("Add appointment notes").fill("Bring the workbook.")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_label("No, only this appointment").check()
    practitioner.continues()
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_label("No, it is not sensitive").check()
    practitioner.continues()

    # Then the answers show the appointment and its repeats
    expect(practitioner.page.get_by_role("heading", name="3 repeat appointments")).to_be_visible()
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("button", name="Confirm appointments").click()

    # And all four are in Delius, on one NSI
    practitioner.is_asked("Appointments arranged")
    practitioner.finds_the_page_accessible()
    (nsi,) = [each for each in simulator.nsis("X000001") if each["type"] == "TKDEV"]
    assert len([each for each in simulator.contacts("X000001") if each["nsiId"] == nsi["nsiId"] and each["start"]]) >= 4
    practitioner.page.set_viewport_size({"width": 375, "height": 740})
    assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= 375
