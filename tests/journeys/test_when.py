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
