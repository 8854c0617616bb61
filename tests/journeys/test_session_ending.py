"""What somebody sees before their session ends and after, in the browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from rarbooking.models import Session
from tests.guidance.factories import make_toolkit_page
from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser
WORDS = "An hour of careful words"
ENDED = "You have been signed out"


def after(practitioner: Practitioner, minutes: int, *, idle: int) -> None:
    """Have minutes pass in the browser, and the session be idle for so many on the server."""
    Session.objects.exclude(user=None).update(last_seen_at=timezone.now() - timedelta(minutes=idle))
    practitioner.page.clock.fast_forward(minutes * 60 * 1000)


def warning(practitioner: Practitioner) -> Locator:
    return practitioner.page.get_by_role("dialog", name="You will be signed out at")


@pytest.fixture
def robin(practitioner: Practitioner) -> Practitioner:
    """A practitioner at their cases, whose browser's clock can be put forward."""
    practitioner.page.clock.install()
    practitioner.signs_in_as("Robin Sample")
    return practitioner


def is_writing_notes(practitioner: Practitioner) -> None:
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.says_when("27", "3", "2028", "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.page.get_by_label("Add appointment notes").fill(WORDS)


def test_somebody_who_is_warned_stays_signed_in_with_what_they_typed(robin: Practitioner) -> None:
    # Given a practitioner who writes notes for 54 minutes: nothing happens
    is_writing_notes(robin)
    after(robin, 54, idle=54)
    expect(warning(robin)).to_have_count(0)

    # When another minute has passed, then they are warned, with the keyboard on the way to stay
    after(robin, 1, idle=55)
    expect(warning(robin)).to_be_visible()
    robin.finds_the_page_accessible()
    expect(robin.page.get_by_role("button", name="Stay signed in")).to_be_focused()

    # When they stay, then the message goes, and they go on where they were
    robin.page.keyboard.press("Enter")
    expect(warning(robin)).to_have_count(0)
    expect(robin.page.get_by_label("Add appointment notes")).to_have_value(WORDS)
    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=1)
    robin.continues()
    robin.is_asked("Does this appointment include sensitive information?")


def test_escape_keeps_somebody_signed_in_as_the_button_does(robin: Practitioner) -> None:
    after(robin, 56, idle=56)
    expect(warning(robin)).to_be_visible()
    robin.page.keyboard.press("Escape")
    expect(warning(robin)).to_have_count(0)
    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=1)


def test_at_the_end_of_twelve_hours_somebody_is_told_and_cannot_stay(robin: Practitioner) -> None:
    # Given a practitioner who signed in almost twelve hours ago and is at work
    Session.objects.update(signed_in_at=timezone.now() - timedelta(hours=11, minutes=50))
    robin.opens("/guidance/")

    # When five minutes are left, then they are told to finish
    Session.objects.update(signed_in_at=timezone.now() - timedelta(hours=11, minutes=56))
    robin.page.clock.fast_forward(6 * 60 * 1000)
    expect(warning(robin)).to_contain_text("Finish what you are doing before then")
    expect(robin.page.get_by_role("button", name="Stay signed in")).to_have_count(0)
    robin.finds_the_page_accessible()

    # When they close the message, then they go on until it is over
    robin.page.get_by_role("button", name="Close this message").click()
    expect(warning(robin)).to_have_count(0)
    robin.follows("Your cases")
    robin.is_asked("Your cases")
    Session.objects.update(signed_in_at=timezone.now() - timedelta(hours=12, minutes=1))
    robin.page.clock.fast_forward(5 * 60 * 1000)
    robin.is_asked(ENDED)


def test_somebody_who_is_at_work_in_another_tab_is_not_warned(robin: Practitioner) -> None:
    after(robin, 56, idle=6)
    expect(warning(robin)).to_have_count(0)


def test_once_the_session_is_over_nothing_of_anybody_is_left_on_the_screen(robin: Practitioner) -> None:
    # Given a practitioner who leaves a person's schedule open
    robin.opens_the_schedule_of("Brian Example")
    robin.is_asked("Schedule")

    # When an hour has passed, then the page is gone and says why
    after(robin, 61, idle=61)
    robin.is_asked(ENDED)
    expect(robin.page.locator("body")).not_to_contain_text("Brian")
    expect(robin.page.locator("body")).not_to_contain_text("What you were typing")
    robin.finds_the_page_accessible()
    assert not Session.objects.exclude(user=None).exists()

    # And signing in again leads back to it
    robin.page.get_by_role("button", name="Sign in again").click()
    robin.page.get_by_role("button", name="Robin Sample").click()
    robin.is_asked("Schedule")
    robin.sees("Brian Example")


def test_what_was_typed_is_there_again_after_signing_in(robin: Practitioner) -> None:
    is_writing_notes(robin)
    after(robin, 61, idle=61)
    robin.is_asked(ENDED)
    robin.sees("What you were typing is kept as well")
    expect(robin.page.locator("body")).not_to_contain_text(WORDS)
    robin.page.get_by_role("button", name="Sign in again").click()
    robin.page.get_by_role("button", name="Robin Sample").click()
    robin.is_asked("Add appointment notes")
    expect(robin.page.get_by_label("Add appointment notes")).to_have_value(WORDS)
    robin.continues()
    robin.is_asked("Does this appointment include sensitive information?")


def test_an_answer_that_was_refused_is_there_again_too(robin: Practitioner) -> None:
    is_writing_notes(robin)
    robin.page.get_by_label("Add appointment notes").fill("x" * 4001)
    robin.continues()
    robin.sees_the_problem("Appointment notes must be 4,000 characters or fewer")
    after(robin, 61, idle=61)
    robin.is_asked(ENDED)
    robin.sees("What you were typing is kept as well")
    robin.page.get_by_role("button", name="Sign in again").click()
    robin.page.get_by_role("button", name="Robin Sample").click()
    expect(robin.page.get_by_label("Add appointment notes")).to_have_value("x" * 4001)


def test_a_designer_whose_session_ended_signs_in_in_another_tab_and_saves_what_they_wrote(
    practitioner: Practitioner,
) -> None:
    # Given a designer who writes for an hour
    toolkit, page = make_toolkit_page(), practitioner.page
    page.clock.install()
    practitioner.signs_in_to_the_administration_as("Dana Designer")
    practitioner.opens(f"/admin/guidance/toolkitguidance/{toolkit.pk}/change/")
    # The preview is asked of the server, when the field is reached and when it has words: whoever writes is not idle.
    contact = page.get_by_label("Contact:", exact=True)
    with page.expect_response("**/prose/"):
        contact.focus()
    with page.expect_response("**/prose/"):
        contact.fill(WORDS)
        page.clock.run_for(1000)
    after(practitioner, 56, idle=56)
    expect(warning(practitioner)).to_be_visible()
    after(practitioner, 5, idle=61)

    # Then the page is still there, and says what to do
    gone = page.get_by_role("dialog", name=ENDED)
    expect(gone).to_be_visible()
    page.keyboard.press("Escape")
    expect(gone).to_be_visible()

    # When they sign in again in another tab and come back, then they can save
    with page.expect_popup() as opened:
        gone.get_by_role("link").click()
    tab = opened.value
    tab.get_by_role("button", name="Dana Designer").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Administration")
    tab.close()
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(gone).to_have_count(0)
    page.get_by_role("button", name="Save draft", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expect(page.get_by_label("Contact:", exact=True)).to_have_value(WORDS)
