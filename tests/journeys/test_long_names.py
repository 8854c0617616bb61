"""People with one name, and people with very long ones, on every page."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser
NARROWEST: ViewportSize = {"width": 320, "height": 640}
LONG = "X000023"
ONE_NAME = "X000020"
STEPS = ("type", "rar", "toolkit", "where", "when", "repeat", "notes", "sensitive")


def is_no_wider_than_the_screen(practitioner: Practitioner, where: str) -> None:
    """See that nothing has to be scrolled sideways to, and nothing sticks out of the page."""
    out = practitioner.page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")]
            .filter((each) => each.getClientRects().length && !each.closest(".govuk-visually-hidden")
                && getComputedStyle(each).position !== "absolute"
                && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((each) => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 60)}`)"""
    )
    width = practitioner.page.evaluate("document.documentElement.scrollWidth")
    assert (width <= NARROWEST["width"], out) == (True, []), where


def pages_about(practitioner: Practitioner, crn: str) -> list[str]:
    """The addresses of the pages about a person, with everything answered, and of the appointment that is arranged."""
    return [
        "/",
        *(f"/cases/{crn}/{page}" for page in ("", "schedule/", "risk-flags/")),
        *(f"/cases/{crn}/arrange/{step}/" for step in STEPS),
        *(f"/cases/{crn}/arrange/{page}/" for page in ("location-not-listed", "accredited-programme", "check")),
    ]


def arranges_everything_for(practitioner: Practitioner, crn: str) -> None:
    """Answer every question about an appointment of a person."""
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(f"/cases/{crn}/arrange/")
    practitioner.answers_everything(days=7)


def test_names_of_35_and_50_letters_fit_a_narrow_screen_after_an_appointment_is_arranged(
    practitioner: Practitioner,
) -> None:
    # Given an appointment of somebody with very long names, on a narrow screen
    arranges_everything_for(practitioner, LONG)
    practitioner.page.set_viewport_size(NARROWEST)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    is_no_wider_than_the_screen(practitioner, "Appointment arranged")

    # Then no page about them is wider than the screen, nor is any of what can be done with the appointment
    practitioner.opens(f"/cases/{LONG}/schedule/")
    appointment = practitioner.page.locator("main a[href*='/appointments/']").first.get_attribute("href")
    about = [f"/cases/{LONG}/{page}" for page in ("", "schedule/", "risk-flags/", "arrange/")]
    for address in ("/", *about, *(f"{appointment}{page}" for page in ("", "move/", "cancel/", "outcome/"))):
        practitioner.opens(address)
        is_no_wider_than_the_screen(practitioner, address)


def test_every_sentence_about_somebody_with_one_name_reads_well(practitioner: Practitioner) -> None:
    # Given everything answered for somebody with one name
    arranges_everything_for(practitioner, ONE_NAME)

    # Then no page leaves a gap where a first name would be
    for address in pages_about(practitioner, ONE_NAME):
        practitioner.opens(address)
        reads_well(practitioner)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    reads_well(practitioner)
    practitioner.sees("Give details of the appointment to Mononym.")
    practitioner.sees("Mononym’s mobile number is")
    expect(practitioner.page.get_by_role("link", name="Arrange another appointment for Mononym")).to_be_visible()


def reads_well(practitioner: Practitioner) -> None:
    """See that no sentence has a hole in it."""
    text = practitioner.page.locator("main").inner_text()
    for hole in (" .", " ’s", " ,", "None ", "undefined", "()", "\n’s"):
        assert hole not in text.replace("None arranged", "").replace("None recorded", ""), (hole, text)
