"""Choices that would read the same, in the browser: told apart on the question, and in the same words after it."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser
TYPE, RAR = "What type of appointment will it be?", "Will this be a RAR toolkit session?"


def test_two_rars_of_one_sentence_are_told_apart_until_the_appointment_is_arranged(practitioner: Practitioner) -> None:
    # Given somebody with two RARs of 20 days on one sentence
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens("/cases/X000024/arrange/")
    practitioner.answers(TYPE, "Office visit")
    practitioner.answers(RAR, "Yes, it will count towards RAR")

    # When they are asked which one it counts towards, then the two do not read the same
    practitioner.is_asked("Which RAR requirement does this count towards?")
    first, second = practitioner.choices()
    assert first != second
    practitioner.finds_the_page_accessible()
    practitioner.answers("Which RAR requirement does this count towards?", second)
    practitioner.answers("Which RAR toolkit will you use?", "Developing Dialogues")
    practitioner.answers("Pick a location for this appointment", "Harrow End Probation Office")
    practitioner.answers_from_when_on()

    # Then the answers and the page of the appointment call it by the same words
    assert practitioner.answers_shown()["RAR requirement"].startswith(second)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    practitioner.sees(second)
    practitioner.finds_the_page_accessible()


def test_offices_of_one_name_are_told_apart_until_the_appointment_is_arranged(practitioner: Practitioner) -> None:
    # Given a team with three offices named Mill Lane Probation Office
    practitioner.signs_in_as("Jo Placeholder")
    practitioner.opens("/cases/X000014/arrange/")
    practitioner.answers(TYPE, "Office visit")
    practitioner.answers(RAR, "No")

    # When they are asked where it is, then each has its address
    practitioner.is_asked("Pick a location for this appointment")
    offices = [each for each in practitioner.choices() if each.startswith("Mill Lane Probation Office")]
    assert len(set(offices)) == 3
    practitioner.answers("Pick a location for this appointment", offices[1])
    practitioner.answers_from_when_on()

    # Then the answers and the page of the appointment have the same words
    assert practitioner.answers_shown()["Location"] == offices[1]
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    practitioner.sees(f"It will be at {offices[1]}.")


def test_records_of_one_day_are_told_apart(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given two records of one toolkit that were made on one day
    day = (date.today() - timedelta(days=30)).isoformat()
    for _ in range(2):
        simulator.add_nsi("X000001", "TKDEV", referralDate=day)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens("/cases/X000001/arrange/")
    practitioner.answers_everything(days=7)

    # When they change which is used, then the two do not read the same
    used = re.search(r"added to the one (.+)", practitioner.answers_shown()["Toolkit record"])
    assert used
    practitioner.changes("toolkit record")
    choices = practitioner.choices()
    assert len(set(choices)) == 2
    assert used[1] in {f"{each[:1].lower()}{each[1:]}" for each in choices}
    other = next(each for each in choices if f"{each[:1].lower()}{each[1:]}" != used[1])
    practitioner.page.get_by_label(other, exact=True).check()
    practitioner.continues()

    # Then the answers call the other one by its words
    practitioner.is_asked("Check your answers and confirm appointment")
    expect(practitioner.page.locator("main")).to_contain_text(f"{other[:1].lower()}{other[1:]}")
