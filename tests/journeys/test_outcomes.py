"""Recording what came of an appointment, in the browser."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from appointments.models import RecordedOutcome
from appointments.services.delivery.resume import resume_due
from tests.appointments.outcomes import OTTO, appointments, outcome_url, past, record_of
from tests.journeys.practitioner import Practitioner
from tests.journeys.test_every_page import NARROWEST
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser

RECORD = "Check your answers and record the outcome"


def is_as_wide_as_the_screen(practitioner: Practitioner) -> bool:
    beyond = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return not practitioner.page.evaluate(beyond)


def continues_and_records(practitioner: Practitioner) -> None:
    practitioner.continues()
    practitioner.is_asked(RECORD)
    practitioner.page.get_by_role("button", name="Record this outcome").click()


def test_an_outcome_is_recorded_in_two_pages_from_the_persons_overview(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody with two sessions that have no outcome
    contact_id = past(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(f"/cases/{OTTO}/")

    # When the practitioner records that they came, with notes
    practitioner.page.get_by_role("link", name="Record an outcome").first.click()
    practitioner.is_asked("Record an outcome")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_label("Yes, and complied").check()
    practitioner.page.get_by_label("Add to the appointment notes").fill("Came on time.\nTalked about the workbook.")
    practitioner.continues()
    practitioner.is_asked(RECORD)
    practitioner.finds_the_page_accessible()
    assert practitioner.answers_shown()["Notes to add"] == "Came on time. Talked about the workbook."
    practitioner.page.get_by_role("button", name="Record this outcome").click()

    # Then Delius has it, and the page says what it did to the RAR days
    practitioner.is_asked("Outcome recorded")
    rows = practitioner.page.get_by_role("table", name="RAR days").get_by_role("row").all_inner_texts()
    assert [row.split() for row in rows[1:]] == [
        ["Completed", "0", "days", "1", "day"],
        ["Booked", "1", "day", "1", "day"],
        ["Left", "19", "days", "18", "days"],
    ]
    practitioner.finds_the_page_accessible()
    recorded = [each for each in appointments(simulator) if each["outcome"] == "ATTC"]
    assert [each["notes"].endswith("\n\nCame on time.\nTalked about the workbook.") for each in recorded] == [True]
    assert contact_id in {each["contactId"] for each in appointments(simulator)}

    # And the next one can be arranged from there
    expect(practitioner.page.get_by_role("button", name="Arrange the next session")).to_be_visible()


def test_what_belongs_to_an_answer_is_asked_where_it_is_chosen(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given the question, on which nothing is chosen
    contact_id = past(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(outcome_url(contact_id))
    reason, action = (
        practitioner.page.get_by_role("group", name=name) for name in ("What was the reason?", "Enforcement action")
    )
    expect(reason).to_be_hidden()

    # When an absence is chosen, its reason is asked for and no enforcement action
    practitioner.page.get_by_label("No, the absence is acceptable").check()
    expect(reason).to_be_visible()
    expect(action.first).to_be_hidden()
    practitioner.continues()

    # Then what is missing is said, and what was chosen is kept
    practitioner.sees_the_problem("Select the reason for the absence")
    practitioner.finds_the_page_accessible()
    expect(practitioner.page.get_by_label("No, the absence is acceptable")).to_be_checked()
    practitioner.page.get_by_label("Acceptable Absence - Medical").check()
    continues_and_records(practitioner)
    practitioner.is_asked("Outcome recorded")
    assert record_of(simulator, contact_id)["outcome"] == "AAME"


def test_without_javascript_an_unacceptable_absence_is_recorded_and_changed(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    # Given a browser that runs no JavaScript
    practitioner, contact_id = practitioner_without_javascript, past(simulator)
    practitioner.signs_in_as("Robin Sample")

    # When an unacceptable absence is recorded with its enforcement action
    practitioner.opens(outcome_url(contact_id))
    practitioner.page.get_by_label("No, the absence is unacceptable").check()
    practitioner.page.get_by_label("Refer to Manager").locator("visible=true").check()
    practitioner.page.get_by_label("This appointment includes sensitive information").check()
    continues_and_records(practitioner)
    practitioner.is_asked("Outcome recorded")
    there = record_of(simulator, contact_id)
    assert (there["outcome"], there["enforcement"], there["sensitive"]) == ("AFTA", "ROM", True)

    # Then it can be changed from the appointment, which shows it
    practitioner.opens(f"/cases/{OTTO}/appointments/{contact_id}/")
    practitioner.sees("Failed to Attend")
    practitioner.page.get_by_role("button", name="Change the outcome").click()
    practitioner.page.get_by_label("Yes, and complied").check()
    continues_and_records(practitioner)
    practitioner.is_asked("Outcome recorded")
    assert record_of(simulator, contact_id)["outcome"] == "ATTC"


def test_what_somebody_changed_meanwhile_is_shown_beside_what_was_entered(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given an outcome that is about to be confirmed
    contact_id = past(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(outcome_url(contact_id))
    practitioner.page.get_by_label("Yes, and complied").check()
    practitioner.continues()
    practitioner.is_asked(RECORD)

    # When somebody records another one in Delius, and it is confirmed
    simulator.change_contact(contact_id, outcome="AAAA", notes="Rang in ill.")
    practitioner.page.get_by_role("button", name="Record this outcome").click()

    # Then both are shown, nothing is recorded, and it is asked again
    practitioner.sees_the_problem("This appointment has changed in Delius since you answered")
    practitioner.finds_the_page_accessible()
    table = practitioner.page.get_by_role("table", name="What Delius has now, and what you entered")
    expect(table.get_by_role("row", name="Outcome")).to_contain_text("Acceptable Absence")
    expect(table.get_by_role("row", name="Outcome")).to_contain_text("Attended - Complied")
    assert record_of(simulator, contact_id)["outcome"] == "AAAA"
    practitioner.page.get_by_role("button", name="Record this outcome").click()
    practitioner.is_asked("Outcome recorded")
    assert record_of(simulator, contact_id)["outcome"] == "ATTC"


def test_while_delius_does_not_answer_the_page_waits_and_then_says_what_became_of_it(
    practitioner: Practitioner, simulator: Simulator, later: Any
) -> None:
    # Given that Delius answers nothing about outcomes
    contact_id = past(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(outcome_url(contact_id))
    practitioner.page.get_by_label("Yes, and complied").check()
    practitioner.continues()
    simulator.fault("putOutcome", "status", status=503, times=3)

    # When it is confirmed
    practitioner.page.get_by_role("button", name="Record this outcome").click()
    practitioner.is_asked("We’re still recording this outcome")
    practitioner.finds_the_page_accessible()
    practitioner.opens(f"/cases/{OTTO}/appointments/{contact_id}/")
    practitioner.sees("The outcome of this appointment is being recorded")
    practitioner.finds_the_page_accessible()
    practitioner.opens("/")
    practitioner.sees("We’re still recording the outcome")

    # Then a worker records it, and *Your cases* leads to what became of it
    with later(minutes=2):
        resume_due()
    practitioner.opens("/")
    practitioner.page.get_by_role("link", name="has been recorded").click()
    practitioner.is_asked("Outcome recorded")
    assert RecordedOutcome.objects.get().outcome_seen_at is not None


def test_an_appointment_that_has_not_begun_says_when_one_can_be_recorded(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    coming = appointments(simulator)[-1]["contactId"]
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(outcome_url(coming))
    practitioner.is_asked("You cannot record an outcome yet")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("link", name="move it to another time").click()
    practitioner.is_asked("Move this appointment")


def test_every_page_fits_a_screen_of_320_pixels(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given somebody with a name as long as names are
    crn = "X000023"
    day = date.today() - timedelta(days=1)
    made = simulator.add_contact(crn, start=f"{day}T09:00", end=f"{day}T09:30", type="CHVS")["contactId"]
    practitioner.signs_in_as("Robin Sample")
    practitioner.page.set_viewport_size(NARROWEST)

    # Then each page is as wide as the screen
    practitioner.opens(f"/cases/{crn}/appointments/{made}/")
    assert is_as_wide_as_the_screen(practitioner)
    practitioner.opens(outcome_url(made, crn=crn))
    assert is_as_wide_as_the_screen(practitioner)
    practitioner.page.get_by_label("No, the absence is unacceptable").check()
    practitioner.page.get_by_label("Nobody at Home").check()
    practitioner.page.get_by_role("radio", name="No enforcement action").locator("visible=true").check()
    practitioner.page.get_by_label("Add to the appointment notes").fill("w" * 200)
    practitioner.continues()
    practitioner.is_asked(RECORD)
    assert is_as_wide_as_the_screen(practitioner)
    simulator.change_contact(made, notes="n" * 200)
    practitioner.page.get_by_role("button", name="Record this outcome").click()
    assert is_as_wide_as_the_screen(practitioner)
    practitioner.page.get_by_role("button", name="Record this outcome").click()
    practitioner.is_asked("Outcome recorded")
    assert is_as_wide_as_the_screen(practitioner)
