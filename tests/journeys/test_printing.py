"""What is printed is what is read: no addresses of links, which may have a CRN in them, no navigation, no buttons."""

import pytest
from django.core.management import call_command

from tests.journeys.practitioner import Practitioner, in_days

pytestmark = pytest.mark.browser

# What of the page would be on paper and should not: each as the kind, and the beginning of its text.
NOT_FOR_PAPER = """() => {
  const isShown = (each) => each.getClientRects().length > 0 && getComputedStyle(each).visibility !== "hidden";
  const text = (each) => each.textContent.trim().slice(0, 40);
  const named = (kind, found) => found.filter(isShown).map((each) => `${kind}: ${text(each)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  return [
    ...named("address", all("a").filter((each) => getComputedStyle(each, "::after").content !== "none")),
    ...named("navigation", all("nav, [role=navigation], .govuk-breadcrumbs, header, #header")),
    ...named("button", all("button, [role=button], input[type=submit]")),
    ...named("change", all(".govuk-summary-list__actions a")),
  ];
}"""


def is_for_paper(practitioner: Practitioner) -> None:
    practitioner.page.emulate_media(media="print")
    assert practitioner.page.evaluate(NOT_FOR_PAPER) == []
    practitioner.page.emulate_media(media="screen")


def test_pages_of_a_case_and_of_an_appointment_are_printed_without_addresses_and_buttons(
    practitioner: Practitioner,
) -> None:
    practitioner.signs_in_as("Robin Sample")
    is_for_paper(practitioner)
    for path in ("/cases/X000001/", "/cases/X000001/schedule/", "/cases/X000013/risk-flags/"):
        practitioner.opens(path)
        is_for_paper(practitioner)
    practitioner.opens("/")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.answers("Which RAR toolkit will you use?", "Developing Dialogues")
    practitioner.answers("Pick a location for this appointment", "Northmoor Library")
    practitioner.says_when(*in_days(7), "3pm", "4pm")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.is_asked("Check your answers and confirm appointment")
    is_for_paper(practitioner)
    practitioner.sees("Northmoor Library")
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    is_for_paper(practitioner)


def test_guidance_is_printed_without_addresses_and_buttons(practitioner: Practitioner) -> None:
    call_command("load_guidance", verbosity=0)
    practitioner.signs_in_as("Robin Sample")
    for path in (
        "/guidance/",
        "/guidance/toolkits/",
        "/guidance/toolkits/maps-for-change/",
        "/guidance/toolkits/compare/?toolkits=maps-for-change&toolkits=moving-on",
        "/guidance/risk-flags/",
        "/guidance/search/?words=nsi",
    ):
        practitioner.opens(path)
        is_for_paper(practitioner)


def test_the_administration_is_printed_without_addresses_and_buttons(practitioner: Practitioner) -> None:
    call_command("load_guidance", verbosity=0)
    practitioner.signs_in_to_the_administration_as("Dana Designer")
    is_for_paper(practitioner)
    for path in ("/admin/guidance/toolkitguidance/", "/admin/guidance/riskflagguidance/"):
        practitioner.opens(path)
        is_for_paper(practitioner)
        practitioner.page.locator("#result_list tbody a").first.click()
        is_for_paper(practitioner)
