"""Somebody's schedule, in the browser: what is coming and what has been, as Delius has it."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from govuk.formats import long_date
from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def rows_of(practitioner: Practitioner, table: str) -> list[list[str]]:
    """The cells of a table's rows, each on one line, without its heading, its actions, and what is only heard."""
    rows = practitioner.page.get_by_role("table", name=table).get_by_role("row").all()[1:]
    cells = "th, td:not(.rar-cases__action)"
    only_heard = re.compile(r" ?, [^,]*: appointment$")
    return [
        [only_heard.sub("", " ".join(text.split())) for text in row.locator(cells).all_inner_texts()] for row in rows
    ]


def long_date_in(days: int) -> str:
    return long_date(date.today() + timedelta(days=days))


def test_coming_and_past_appointments_are_shown_with_their_toolkit(practitioner: Practitioner) -> None:
    # Given a practitioner and somebody with a session behind and one ahead
    practitioner.signs_in_as("Robin Sample")

    # When they open the person's schedule from their cases
    practitioner.opens_the_schedule_of("Clara Fixture")
    practitioner.is_asked("Schedule")

    # Then both are there with their toolkit, and the past one with its outcome
    visit = "Office visit Harrow End Probation Office"
    toolkit = "Choices and Changes Toolkit"
    assert rows_of(practitioner, "Future appointments") == [[long_date_in(14), "2pm to 3pm", visit, toolkit]]
    assert rows_of(practitioner, "Past appointments") == [
        [long_date_in(-21), "10am to 11am", visit, toolkit, "Attended - Complied"]
    ]
    practitioner.finds_the_page_accessible()

    # And an appointment can be arranged from there
    practitioner.page.get_by_role("button", name="Arrange an appointment").click()
    practitioner.is_asked("What type of appointment will it be?")


def test_rar_categories_from_before_toolkits_are_shown_exactly_as_recorded(practitioner: Practitioner) -> None:
    # Given somebody whose sessions were recorded with the old categories
    practitioner.signs_in_as("Robin Sample")

    # When their schedule is opened
    practitioner.opens_the_schedule_of("Jack History")
    practitioner.is_asked("Schedule")

    # Then the oldest have their category and sub-category
    assert [row[3] for row in rows_of(practitioner, "Past appointments")][-3:] == [
        "Drugs and alcohol: Staying away from alcohol",
        "Accommodation: Finding a place to live",
        "Attitudes, thinking and behaviour: Thinking skills",
    ]
    practitioner.sees("Jack has no appointments from today on.")
    practitioner.finds_the_page_accessible()


def test_a_long_history_is_read_page_by_page(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given somebody with 45 past appointments
    for days in range(1, 46):
        day = date.today() - timedelta(days=days)
        simulator.add_contact("X000007", start=f"{day}T09:00", end=f"{day}T09:30")
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens("/cases/X000007/schedule/")
    practitioner.finds_the_page_accessible()

    # When they go from page to page
    pages = practitioner.page.get_by_role("navigation", name="Past appointments")
    expect(pages.locator("[aria-current=page]")).to_have_text("1")
    seen = rows_of(practitioner, "Past appointments")
    for page in ("2", "3"):
        pages.get_by_role("link", name="Next").click()
        expect(pages.locator("[aria-current=page]")).to_have_text(page)
        assert practitioner.page.title().startswith(f"Schedule (page {page} of past appointments)")
        seen += rows_of(practitioner, "Past appointments")
    practitioner.finds_the_page_accessible()

    # Then they have met each appointment once, the latest first
    assert [row[0] for row in seen] == [long_date_in(-days) for days in range(1, 46)]
    expect(pages.get_by_role("link", name="Next")).to_have_count(0)
    pages.get_by_role("link", name="Previous").click()
    expect(pages.locator("[aria-current=page]")).to_have_text("2")
