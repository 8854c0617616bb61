"""A person's page and *Your cases*, in the browser: who needs what, and the way there."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from govuk.formats import long_date
from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser

WIDTHS = (1280, 375, 320)


def long_date_in(days: int) -> str:
    return long_date(date.today() + timedelta(days=days))


def fits_every_screen(practitioner: Practitioner) -> None:
    """See that nothing is wider than the screen, whatever its width."""
    for width in WIDTHS:
        practitioner.page.set_viewport_size({"width": width, "height": 740})
        assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_name_on_your_cases_leads_to_who_they_are_and_what_is_left_of_their_rar_days(
    practitioner: Practitioner,
) -> None:
    # Given a practitioner at their cases
    practitioner.signs_in_as("Robin Sample")

    # When they follow a name
    practitioner.opens_the_page_of("Clara Fixture")

    # Then they see who it is, how to reach her, and her RAR days with the pace that they need
    rows = practitioner.answers_shown()
    assert rows["Mobile number"] == "07700 900002"
    assert rows["Managed by"] == "Robin Sample, Harrow End team"
    days = practitioner.page.get_by_role("region", name="RAR days")
    words = days.get_by_role("listitem").all_inner_texts()
    assert words[:3] == ["1 day completed of 25 days ordered", "1 day booked", "23 days left"]
    assert re.fullmatch(r"The order ends on .* 20\d\d", words[3])
    assert words[4] == "23 days left and 49 weeks: about 1 session every 15 days"

    # And what is to come, each with its page
    expect(practitioner.page.get_by_role("table", name="Coming appointments")).to_contain_text(long_date_in(14))
    practitioner.sees("None. Every past appointment has an outcome.")
    practitioner.finds_the_page_accessible()
    fits_every_screen(practitioner)


def test_risk_flags_and_schedule_are_the_other_tabs(practitioner: Practitioner) -> None:
    # Given somebody with risk flags
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens_the_page_of("Jack History")
    practitioner.finds_the_page_accessible()

    # When the count of flags is followed, then the flags are shown
    practitioner.follows("14 risk flags")
    practitioner.is_asked("Risk flags")

    # When the other tabs are followed, then they lead to the schedule and back
    practitioner.follows("Schedule")
    practitioner.is_asked("Schedule")
    practitioner.follows("Overview")
    practitioner.is_asked("Overview")


def test_who_needs_an_outcome_recorded_is_found_in_two_steps(practitioner: Practitioner) -> None:
    # Given a practitioner on Monday morning
    practitioner.signs_in_as("Robin Sample")

    # When they ask for those with outcomes to record
    practitioner.page.get_by_label("Who to show").select_option("With outcomes to record")
    practitioner.page.get_by_role("button", name="Show", exact=True).click()

    # Then those alone are there, with how many
    practitioner.sees("1 person found")
    practitioner.sees("2 outcomes to record")
    practitioner.finds_the_page_accessible()
    fits_every_screen(practitioner)

    # And the person's page has each of them
    practitioner.opens_the_page_of("Otto Outcomedue")
    table = practitioner.page.get_by_role("table", name="Outcomes to record")
    expect(table).to_contain_text(long_date_in(-7))
    expect(table).to_contain_text(long_date_in(-14))
    expect(table.get_by_role("link", name=re.compile("^Record an outcome"))).to_have_count(2)
    practitioner.finds_the_page_accessible()
    fits_every_screen(practitioner)


def test_whose_rar_days_are_at_risk_is_shown_for_ones_own_cases_and_ones_teams(practitioner: Practitioner) -> None:
    # Given somebody who manages nobody that is at risk, in a team that does
    practitioner.signs_in_as("Terry Twoteams")
    show = practitioner.page.get_by_role("button", name="Show", exact=True)

    # When they ask for their teams' cases whose RAR days are at risk
    practitioner.page.get_by_label("Whose cases").select_option("Your teams’ cases")
    practitioner.page.get_by_label("Who to show").select_option("With RAR days at risk")
    show.click()

    # Then each that is shown is at risk, and the rule is on the page
    rows = practitioner.page.locator("tbody tr")
    expect(rows.filter(has_text="At risk")).to_have_count(rows.count())
    assert rows.count() > 5
    practitioner.page.get_by_text("When RAR days are at risk").click()
    practitioner.sees("where more days are left than the pace of the last 8 weeks would complete")
    practitioner.finds_the_page_accessible()

    # And no name stands in the address
    assert practitioner.page.url.endswith("/?show=at-risk&whose=teams")


def test_the_actions_of_your_cases_stay_on_one_line(practitioner: Practitioner) -> None:
    # Given a practitioner at a wide screen
    practitioner.page.set_viewport_size({"width": 1280, "height": 740})
    practitioner.signs_in_as("Robin Sample")

    # Then every action is as high as one line
    cells = practitioner.page.locator("tbody .rar-cases__action")
    heights = cells.evaluate_all("cells => cells.map(cell => cell.querySelector('a').offsetHeight)")
    assert len(heights) > 20
    assert max(heights) < 2 * 19


def test_what_cannot_be_read_is_told_in_its_place(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given Delius, which does not tell of appointments
    practitioner.signs_in_as("Robin Sample")
    simulator.fault("getAppointments", "status", status=503, times=None)

    # When a person's page is opened
    practitioner.opens_the_page_of("Clara Fixture")

    # Then it says so where they would be, and the rest is there
    practitioner.sees("We cannot see appointments at the moment.")
    practitioner.sees("We cannot see which outcomes are to be recorded at the moment.")
    practitioner.sees("23 days left")
    practitioner.finds_the_page_accessible()


def test_a_printed_page_has_what_is_known_and_nothing_to_press(practitioner: Practitioner) -> None:
    # Given a person's page
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens_the_page_of("Otto Outcomedue")

    # When it is printed
    practitioner.page.emulate_media(media="print")

    # Then what is known is there, and buttons and actions are not
    practitioner.sees("20 days ordered")
    for action in ("Arrange the next session", "Arrange an appointment", "Move", "Record an outcome"):
        assert not practitioner.page.get_by_text(action).first.is_visible()


def test_whoever_may_only_look_is_offered_nothing_to_do(practitioner: Practitioner) -> None:
    # Given somebody who may look at cases and arrange nothing
    practitioner.signs_in_as("Rea Readonly")

    # When they find a person by CRN
    practitioner.looks_for("X000029")

    # Then the page has what is known, and no action
    practitioner.is_asked("Overview")
    practitioner.sees("Outcomes to record")
    expect(practitioner.page.locator("main").get_by_role("button")).to_have_count(0)
    expect(practitioner.page.get_by_role("link", name=re.compile("Move|Record an outcome"))).to_have_count(0)
    practitioner.finds_the_page_accessible()


def test_everything_is_there_without_javascript(
    practitioner_without_javascript: Practitioner, new_context: Callable[..., Any]
) -> None:
    # Given a browser that runs no JavaScript
    practitioner = practitioner_without_javascript
    practitioner.signs_in_as("Robin Sample")

    # When a person's page is opened, then all of it is there
    practitioner.opens_the_page_of("Gita Twosentence")
    regions = practitioner.page.get_by_role("region", name=re.compile("^RAR days: "))
    expect(regions).to_have_count(2)
    practitioner.sees("Gita has no appointments to come.")
