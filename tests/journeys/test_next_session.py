"""The next session like the last one, in the browser: two clicks, and one date to look at."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from govuk.formats import long_date
from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser

COUNT_CLICKS = "addEventListener('click', () => sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1, true)"


def long_date_in(days: int) -> str:
    return long_date(date.today() + timedelta(days=days))


def test_from_a_persons_page_the_next_session_is_arranged_with_two_clicks_and_one_date_to_look_at(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody with a session of a toolkit every two weeks, at their page
    before = simulator.contacts("X000029")
    nsi = before[0]["nsiId"]
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens_the_page_of("Otto Outcomedue")
    practitioner.page.add_init_script(COUNT_CLICKS)
    practitioner.page.reload()

    # When they press twice, and look at one date in between
    practitioner.page.get_by_role("button", name="Arrange the next session").click()
    practitioner.is_asked("Check your answers and confirm appointment")
    marks = practitioner.page.get_by_text("Check this date")
    expect(marks).to_have_count(1)
    shown = practitioner.answers_shown()
    assert shown["Date"].startswith(f"{long_date_in(21)} Check this date 2 weeks after the last one")
    assert (shown["Time"], shown["Type of appointment"]) == ("1pm to 2pm", "Office visit")
    assert (shown["RAR toolkit"], shown["Location"]) == ("Connection and Community", "Harrow End Probation Office")
    practitioner.finds_the_page_accessible()
    practitioner.confirms()

    # Then it is arranged like the last one, and that was all the clicking there was
    practitioner.is_asked("Appointment arranged")
    assert practitioner.page.evaluate("sessionStorage.clicks") == "2"
    (made,) = [each for each in simulator.contacts("X000029") if each not in before]
    assert made["start"].startswith(str(date.today() + timedelta(days=21)))
    assert (made["nsiId"], made["type"], made["rarActivity"]) == (nsi, "COAP", True)
    practitioner.finds_the_page_accessible()

    # And the one after that can be arranged from there
    practitioner.page.get_by_role("button", name="Arrange the next session").click()
    practitioner.is_asked("Check your answers and confirm appointment")
    assert practitioner.answers_shown()["Date"].startswith(long_date_in(35))


def test_the_date_can_be_changed_and_is_then_not_marked(practitioner: Practitioner) -> None:
    # Given the answers of a next session
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens_the_page_of("Otto Outcomedue")
    practitioner.page.get_by_role("button", name="Arrange the next session").click()

    # When the date is changed
    practitioner.changes("date")
    day = date.today() + timedelta(days=30)
    practitioner.says_when(str(day.day), str(day.month), str(day.year), "10am", "11am")

    # Then it is shown as typed
    practitioner.is_asked("Check your answers and confirm appointment")
    assert practitioner.answers_shown()["Date"] == long_date_in(30)


def test_an_appointment_that_was_begun_is_asked_about_before_it_is_replaced(practitioner: Practitioner) -> None:
    # Given an appointment that was begun for the same person
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Otto Outcomedue")
    practitioner.answers("What type of appointment will it be?", "Phone call")

    # When the next session is to be arranged
    practitioner.opens("/cases/X000029/schedule/")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("button", name=f"Arrange the next session after {long_date_in(7)}").click()

    # Then it is asked which one to go on with
    practitioner.is_asked("Which appointment do you want to go on with?")
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.sees_the_problem("Select which appointment you want to go on with")
    practitioner.finds_the_page_accessible()

    # And nothing is lost where the first is kept
    practitioner.answers("Which appointment do you want to go on with?", "The one I have started. Keep its answers")
    practitioner.is_asked("Will this be a RAR toolkit session?")

    # And the next session takes its place where that is chosen
    practitioner.opens("/cases/X000029/")
    practitioner.page.get_by_role("button", name="Arrange the next session").click()
    practitioner.answers(
        "Which appointment do you want to go on with?", "The next session. Delete the answers that I have given"
    )
    practitioner.is_asked("Check your answers and confirm appointment")
    assert practitioner.answers_shown()["Type of appointment"] == "Office visit"


def test_it_takes_two_clicks_without_javascript_too(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    # Given a browser that runs no JavaScript
    practitioner = practitioner_without_javascript
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens_the_page_of("Clara Fixture")
    before = len(simulator.contacts("X000002"))

    # When the two buttons are pressed
    practitioner.page.get_by_role("button", name="Arrange the next session").click()
    practitioner.confirms()

    # Then it is arranged, five weeks on as the last was after the one before
    practitioner.is_asked("Appointment arranged")
    practitioner.sees(long_date_in(14 + 35))
    assert len(simulator.contacts("X000002")) == before + 1
