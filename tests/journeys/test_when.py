"""Times as people type them, in the browser, shown again as GOV.UK writes them."""

import pytest

from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def test_times_may_be_typed_as_people_say_them_and_are_shown_as_gov_uk_writes_them(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner at their answers
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers_from_when_on(start="9", end="10")
    assert practitioner.answers_shown()["Time"] == "9am to 10am"

    # When they type the times in other ways, then each is understood
    for start, end, shown in (
        ("9am", "9.30", "9am to 9:30am"),
        ("9:30 AM", "14:05", "9:30am to 2:05pm"),
    ):
        practitioner.changes("time")
        practitioner.says_when(*in_days(7), start, end)
        practitioner.is_asked("Check your answers and confirm appointment")
        assert practitioner.answers_shown()["Time"] == shown

    # When they type what is no time, then it is explained and what they typed stays
    practitioner.changes("time")
    practitioner.says_when(*in_days(7), "half past nine", "25:00")
    practitioner.sees_the_problem("Start time must be a real time, like 9am or 1:30pm")
    practitioner.sees_the_problem("End time must be a real time, like 9am or 1:30pm")
    assert practitioner.page.get_by_label("Start time").input_value() == "half past nine"
    practitioner.finds_the_page_accessible()

    # And Delius has the times that were understood
    practitioner.says_when(*in_days(7), "noon", "1pm")
    practitioner.is_asked("Check your answers and confirm appointment")
    practitioner.finds_the_page_accessible()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    practitioner.sees("from midday to 1pm")
    (call,) = simulator.contacts("X000007")
    assert (call["start"][11:16], call["end"][11:16]) == ("12:00", "13:00")


def test_times_that_nobody_means_are_asked_about_and_those_without_am_or_pm_are_shown_as_understood(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner who is asked when
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.is_asked("When will the appointment be?")
    practitioner.sees("For example, 9am or 1:30pm")

    # When they type times of the night, then they are asked whether they mean it
    practitioner.says_when(*in_days(7), "2am", "3")
    practitioner.sees_the_problem("Select yes if you mean 2am to 3am, or enter other times")
    practitioner.finds_the_page_accessible()
    assert practitioner.page.get_by_label("End time").input_value() == "3"

    # When they do not mean it, then they are told what to change, and what they typed stays
    practitioner.page.get_by_label("No, I will enter other times").check()
    practitioner.continues()
    practitioner.sees_the_problem("Enter a start time between 7am and 9pm, or select that you mean 2am to 3am")

    # When they say neither am nor pm, then the next page and the answers show the afternoon
    practitioner.says_when(*in_days(7), "2", "3")
    practitioner.is_asked("Will this be a repeating appointment?")
    practitioner.sees("from 2pm to 3pm")
    practitioner.finds_the_page_accessible()
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    assert practitioner.answers_shown()["Time"] == "2pm to 3pm"

    # And an early visit can be arranged by saying so, once
    practitioner.changes("time")
    practitioner.says_when(*in_days(7), "6am", "6:30am")
    practitioner.page.get_by_label("Yes, 6am to 6:30am").check()
    practitioner.continues()
    practitioner.is_asked("Check your answers and confirm appointment")
    assert practitioner.answers_shown()["Time"] == "6am to 6:30am"
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (call,) = simulator.contacts("X000007")
    assert (call["start"][11:16], call["end"][11:16]) == ("06:00", "06:30")
