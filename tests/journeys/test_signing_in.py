"""Who comes in, who may do what, and what becomes of somebody's words when their session ends, in the browser."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from rarbooking.models import Session
from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


@pytest.fixture
def practitioner(page: Page, live_server: LiveServer) -> Practitioner:
    """Somebody who signs in on HMPPS Auth's page."""
    return Practitioner(page, live_server.url)


def test_somebody_without_a_role_is_told_what_to_ask_for(practitioner: Practitioner) -> None:
    # Given somebody in probation whose account has no role for this service
    practitioner.opens("/")

    # When they sign in
    practitioner.page.get_by_role("button", name="Nia Norole").click()

    # Then they are told which roles there are, on an accessible page
    practitioner.is_asked("You do not have a role for this service")
    practitioner.sees("RAR_BOOKING__RW: see cases and arrange appointments")
    practitioner.finds_the_page_accessible()

    # And they can sign out to try another account
    practitioner.page.get_by_role("button", name="Sign out").click()
    practitioner.is_asked("You have signed out")


def test_somebody_who_may_only_read_sees_a_persons_page_and_no_way_to_arrange(practitioner: Practitioner) -> None:
    # Given somebody who may see cases and arrange nothing
    practitioner.signs_in_as("Rea Readonly")
    practitioner.finds_the_page_accessible()

    # When they find a person whom their team manages
    practitioner.page.get_by_label("Find a person by name or CRN").fill("X000001")
    practitioner.page.get_by_role("button", name="Show").click()

    # Then they see the person's page and schedule without a button to arrange an appointment
    practitioner.is_asked("Overview")
    expect(practitioner.page.get_by_role("button", name="Arrange an appointment")).to_have_count(0)
    practitioner.follows("Schedule")
    practitioner.is_asked("Schedule")
    expect(practitioner.page.get_by_role("button", name="Arrange an appointment")).to_have_count(0)

    # And the journey is closed to them
    practitioner.opens("/cases/X000001/arrange/")
    practitioner.is_asked("You do not have access to this page")
    practitioner.finds_the_page_accessible()


def test_somebody_without_an_open_team_has_no_cases_and_is_told_whom_to_ask(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Oscar Outside")
    practitioner.sees("There are no people on your caseload in Delius.")
    practitioner.sees("If you do manage people, ask your Delius administrator to check your caseload.")
    practitioner.finds_the_page_accessible()
    practitioner.opens("/cases/X000001/arrange/")
    practitioner.is_asked("Page not found")


def test_somebody_for_whom_delius_names_no_open_team_is_told_before_the_first_question(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Terry Twoteams")
    simulator.fault("getUser", "missing_field", field="staff.teams", times=None)
    cache.clear()
    practitioner.opens("/cases/X000001/arrange/")
    practitioner.is_asked("You cannot arrange an appointment here")
    practitioner.sees("You are not in a team that is open in Delius")
    practitioner.finds_the_page_accessible()


def test_what_somebody_typed_is_still_there_when_their_session_ended_meanwhile(practitioner: Practitioner) -> None:
    is_writing_notes(practitioner)
    signs_in_again_because_the_session_ended(practitioner)
    practitioner.finds_the_page_accessible()
    goes_on_with_the_notes(practitioner)


def test_what_somebody_typed_is_still_there_without_javascript(practitioner_without_javascript: Practitioner) -> None:
    is_writing_notes(practitioner_without_javascript)
    signs_in_again_because_the_session_ended(practitioner_without_javascript)
    goes_on_with_the_notes(practitioner_without_javascript)


def is_writing_notes(practitioner: Practitioner) -> None:
    """Given a practitioner who is writing notes."""
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.says_when("27", "3", "2028", "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.is_asked("Add appointment notes")
    practitioner.page.get_by_label("Add appointment notes").fill("An hour of careful words")


def signs_in_again_because_the_session_ended(practitioner: Practitioner) -> None:
    """When their session ends before they continue, and they sign in again, what they typed is there and says why."""
    Session.objects.all().delete()
    practitioner.continues()
    practitioner.page.get_by_role("button", name="Robin Sample").click()
    practitioner.is_asked("Add appointment notes")
    expect(practitioner.page.get_by_label("Add appointment notes")).to_have_value("An hour of careful words")
    practitioner.sees("You had to sign in again before this answer was saved")


def goes_on_with_the_notes(practitioner: Practitioner) -> None:
    """Then they go on from there."""
    practitioner.continues()
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.sees("An hour of careful words")


def test_a_content_designer_comes_to_guidance_and_from_there_to_the_administration(practitioner: Practitioner) -> None:
    practitioner.opens("/guidance/")
    practitioner.page.get_by_role("button", name="Dana Designer").click()
    practitioner.is_asked("Guidance")
    practitioner.follows("Administration")
    expect(practitioner.page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()
    expect(practitioner.page.get_by_role("link", name="Bookings", exact=True)).to_have_count(0)
