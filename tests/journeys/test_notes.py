"""Notes and whether they are sensitive, in the browser."""

import pytest
from playwright.sync_api import expect

from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser
NOTES = "Bring the workbook.\nAsk about <the> new job & café."


def test_notes_are_counted_while_they_are_typed_and_reach_delius_as_they_were_written(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner who is asked for notes
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Home visit")
    practitioner.says_when(*in_days(7), "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.is_asked("Add appointment notes")
    practitioner.sees("This will be added to the NDelius contact log")
    box = practitioner.page.get_by_label("Add appointment notes")
    count = practitioner.page.locator(".govuk-character-count__status")

    # When they type, then they see how many characters are left, or too many
    expect(count).to_have_text("You have 4,000 characters remaining")
    box.press_sequentially("Call first")
    expect(count).to_have_text("You have 3,990 characters remaining")
    box.fill("n" * 3996)
    box.press_sequentially("😀\n")
    expect(count).to_have_text("You have 1 character remaining")
    box.fill("n" * 3999)
    box.press_sequentially("nn")
    expect(count).to_have_text("You have 1 character too many")
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.sees_the_problem("Appointment notes must be 4,000 characters or fewer")

    # When they shorten them and mark the appointment as sensitive
    practitioner.adds_notes(NOTES)
    practitioner.is_asked("Does this appointment include sensitive information?")
    practitioner.sees("Some details must not be shared with Hal")
    practitioner.page.get_by_text("Help with sensitive content").click()
    practitioner.sees("if its notes hold something that Hal must not see")
    practitioner.finds_the_page_accessible()
    practitioner.answers(
        "Does this appointment include sensitive information?", "Yes, it includes sensitive information"
    )

    # Then the answers show both, and Delius has both exactly
    shown = practitioner.answers_shown()
    assert shown["Appointment notes"] == NOTES.replace("\n", " ")
    assert shown["Sensitive"] == "Yes"
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (visit,) = simulator.contacts("X000007")
    assert visit["notes"] == NOTES
    assert visit["sensitive"] is True

    # And the schedule marks it
    practitioner.follows("Go to Hal’s schedule")
    expect(practitioner.page.get_by_role("row", name="Home visit")).to_contain_text("Sensitive")
    practitioner.finds_the_page_accessible()
