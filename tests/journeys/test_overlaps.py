"""Another appointment at the same time, in the browser: a warning and a choice, never a dead end."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from govuk.formats import long_date
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser
DAYS = 7
ONE_IS_THERE = "Brian already has an appointment at this time"


def home_visit(simulator: Simulator, *, days: int = DAYS) -> str:
    """Put a home visit from 9am to 10am into Delius, and return how the answers name it."""
    day = date.today() + timedelta(days=days)
    simulator.add_contact("X000001", start=f"{day}T09:00", end=f"{day}T10:00", type="CHVS")
    return f"{long_date(day)} from 9am to 10am: Home visit"


def answers_with_repeats(practitioner: Practitioner) -> None:
    """Answer every question about a phone call at 9am, repeated weekly, twice, that does not count towards RAR."""
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.says_when(*in_days(DAYS), "9am", "9.30")
    practitioner.says_it_repeats("Every week", 2)
    practitioner.is_asked("Appointments you’re arranging")
    practitioner.continues()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.is_asked("Check your answers and confirm appointments")


def phone_calls(simulator: Simulator) -> list[str]:
    """The starts of the phone calls that Delius has."""
    return sorted(each["start"] for each in simulator.contacts("X000001") if each["type"] == "COPT")


def test_an_overlap_is_named_before_confirming_and_can_be_arranged_anyway(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody who has another appointment at the time
    visit = home_visit(simulator)
    practitioner.signs_in_as("Robin Sample")

    # When an appointment is arranged at that time
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=DAYS)

    # Then the answers name the other one, with a way to another time, and nothing looks like an error
    expect(practitioner.page.get_by_role("heading", name=ONE_IS_THERE)).to_be_visible()
    practitioner.sees(visit)
    expect(practitioner.page.locator(".govuk-error-summary")).to_have_count(0)
    expect(practitioner.page.get_by_role("button", name="Confirm this appointment")).to_have_count(0)
    practitioner.finds_the_page_accessible()

    # When they arrange it anyway, then Delius has both
    practitioner.arranges_it_anyway()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.contacts("X000001") if each["start"].endswith("T09:00")] == [
        "CHVS",
        "COAP",
    ]


def test_an_overlap_can_be_avoided_by_the_link_to_another_time(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    home_visit(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=DAYS)
    practitioner.follows("Change the date or time")
    practitioner.is_asked("When will the appointment be?")
    # It is not an overlap where one begins as the other ends.
    practitioner.says_when(*in_days(DAYS), "10am", "11am")
    practitioner.is_asked("Check your answers and confirm appointment")
    expect(practitioner.page.get_by_role("heading", name=ONE_IS_THERE)).to_have_count(0)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")


def test_an_overlap_with_a_repeat_is_named_and_all_can_be_arranged_anyway(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody who has another appointment at the time of a repeat
    visit = home_visit(simulator, days=DAYS + 7)
    practitioner.signs_in_as("Robin Sample")

    # When an appointment and its repeats are arranged
    answers_with_repeats(practitioner)

    # Then the answers name the other one
    expect(practitioner.page.get_by_role("heading", name=ONE_IS_THERE)).to_be_visible()
    practitioner.sees(visit)
    practitioner.finds_the_page_accessible()

    # And all of them can be arranged
    practitioner.page.get_by_role("button", name="Arrange them anyway").click()
    practitioner.is_asked("Appointments arranged")
    practitioner.finds_the_page_accessible()
    assert len(phone_calls(simulator)) == 3


def test_an_overlap_that_appears_while_the_answers_are_read_comes_back_as_a_choice(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given answers without an overlap
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=DAYS)
    expect(practitioner.page.get_by_role("heading", name=ONE_IS_THERE)).to_have_count(0)

    # When somebody else puts an appointment at the same time before they are confirmed
    visit = home_visit(simulator)
    practitioner.confirms()

    # Then nothing was arranged, and the answers say why and name the other appointment
    practitioner.is_asked("Check your answers and confirm appointment")
    problem = f"{ONE_IS_THERE}. Change the date or time, or arrange it anyway"
    practitioner.sees_the_problem(problem)
    practitioner.sees(visit)
    practitioner.follows(problem)
    expect(practitioner.page.get_by_role("link", name="Change the date or time", exact=True)).to_be_focused()
    practitioner.finds_the_page_accessible()
    assert [each["type"] for each in simulator.contacts("X000001") if each["start"].endswith("T09:00")] == ["CHVS"]

    # When they arrange it anyway, then it is there once
    practitioner.arranges_it_anyway()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.contacts("X000001") if each["start"].endswith("T09:00")] == [
        "CHVS",
        "COAP",
    ]


def test_a_repeat_that_came_to_overlap_is_told_apart_and_can_be_arranged_at_the_same_time_all_the_same(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given answers without an overlap, and one that appears before they are confirmed
    practitioner.signs_in_as("Robin Sample")
    answers_with_repeats(practitioner)
    visit = home_visit(simulator, days=DAYS + 7)
    practitioner.confirms_all()

    # When the others were arranged
    practitioner.is_asked("2 of 3 appointments arranged")
    practitioner.sees("There is another appointment at this time.")
    practitioner.finds_the_page_accessible()
    assert len(phone_calls(simulator)) == 2

    # Then the one that overlaps is asked about by itself
    practitioner.page.get_by_role("button", name="Arrange it for another time").click()
    practitioner.is_asked("When will the appointment be?")
    practitioner.sees_the_problem(ONE_IS_THERE)
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.is_asked("Check your answers and confirm appointment")
    practitioner.sees(visit)
    practitioner.arranges_it_anyway()
    practitioner.is_asked("Appointment arranged")
    assert len(phone_calls(simulator)) == 3
