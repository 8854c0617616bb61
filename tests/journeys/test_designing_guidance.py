"""A content designer's day, and what practitioners and a reviewer see of it, each at a browser of their own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect

from guidance.models import ToolkitGuidance
from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser
MAPS = "/guidance/toolkits/maps-for-change/"


class Designer(Practitioner):
    """Somebody who writes guidance in the admin."""

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def opens_the_page_on(self, title: str) -> None:
        self.opens("/admin/guidance/toolkitguidance/")
        self.follows(title)

    def writes(self, field: str, text: str) -> None:
        self.page.get_by_label(f"{field}:", exact=True).fill(text)

    def notes(self, text: str) -> None:
        self.page.get_by_label("What changed:", exact=True).fill(text)

    def finds_the_admin_accessible(self) -> None:
        """Run axe by WCAG's rules on what we added: the rest of the admin is Django's."""
        wcag = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        results = Axe().run(self.page, context="#content-start", options=wcag)
        assert results.violations_count == 0, results.generate_report()


@pytest.fixture
def starting_set() -> None:
    call_command("load_guidance", verbosity=0)


@pytest.fixture
def designer(starting_set: None, practitioner: Practitioner, new_context: Callable[..., Any]) -> Designer:
    designer = Designer(new_context().new_page(), practitioner.address)
    designer.signs_in_to_the_administration_as("Dana Designer")
    return designer


@pytest.fixture
def reviewer(practitioner: Practitioner, new_context: Callable[..., Any]) -> Practitioner:
    """Somebody who has no account."""
    return Practitioner(new_context().new_page(), practitioner.address)


def test_a_designer_drafts_has_it_reviewed_publishes_changes_compares_and_goes_back(
    designer: Designer, reviewer: Practitioner, practitioner: Practitioner
) -> None:
    # Given a practitioner who reads the guidance on Maps for Change
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(MAPS)
    practitioner.is_asked("Maps for Change")

    # When a designer writes a draft and looks at it as practitioners would
    designer.opens_the_page_on("Maps for Change")
    designer.sees("characters remaining")
    designer.finds_the_admin_accessible()
    designer.writes("Contact", "Ask the **toolkits team** for help.")
    # It shows beside the field as it is written
    expect(designer.page.locator(".rar-preview:visible strong")).to_have_text("toolkits team")
    designer.finds_the_admin_accessible()
    designer.notes("Whom to ask")
    designer.presses("Save draft and preview")
    designer.sees("This is a preview of the draft.")
    designer.sees("toolkits team")
    designer.finds_the_page_accessible()

    # And sends the link on the preview to a reviewer
    link = designer.page.locator(".rar-shared-link a").get_attribute("href") or ""
    reviewer.page.goto(link)
    reviewer.sees("for review")
    expect(reviewer.page.locator("#main-content strong", has_text="toolkits team")).to_be_visible()
    reviewer.finds_the_page_accessible()

    # Then practitioners still read what was published
    practitioner.page.reload()
    expect(practitioner.page.get_by_text("toolkits team")).to_have_count(0)

    # When the designer publishes it
    designer.follows("Go back to editing")
    designer.follows("Publish")
    designer.sees("What changes for practitioners")
    designer.finds_the_admin_accessible()
    designer.notes("Whom to ask")
    designer.presses("Publish")
    designer.sees("Practitioners read it now.")

    # Then practitioners read it
    practitioner.page.reload()
    practitioner.sees("toolkits team")

    # When the designer compares the last two versions
    designer.follows("Versions")
    designer.finds_the_admin_accessible()
    rows = designer.page.locator(".rar-versions tbody tr")
    expect(rows.first).to_contain_text("Published: Whom to ask")
    rows.last.get_by_label(re.compile("Compare from")).check()
    designer.presses("Compare the two chosen versions")

    # Then the field that changed is shown, and can be taken back as a draft
    expect(designer.page.get_by_role("rowheader", name="Contact", exact=True)).to_be_visible()
    designer.finds_the_admin_accessible()
    designer.page.get_by_role("button", name=re.compile("^Restore version")).click()
    designer.sees("What practitioners read has not changed.")
    practitioner.page.reload()
    practitioner.sees("toolkits team")
    assert "toolkits team" not in ToolkitGuidance.objects.get(slug="maps-for-change").contact


def test_the_second_of_two_designers_is_warned_and_loses_nothing(
    designer: Designer, practitioner: Practitioner, new_context: Callable[..., Any]
) -> None:
    # Given two designers who have the same page open
    designer.opens_the_page_on("Stepping Stones")
    other = Designer(new_context().new_page(), practitioner.address)
    other.signs_in_to_the_administration_as("Dee Drafter")
    other.opens_the_page_on("Stepping Stones")

    # When both save
    other.writes("Contact", "Words of Dee")
    other.notes("Contact")
    other.presses("Save draft")
    other.sees("was changed successfully")
    designer.writes("Outcomes", "Words of Dana")
    designer.notes("Outcomes")
    designer.presses("Save draft")

    # Then the second is told, sees both texts, and still has their own
    designer.sees("DEE.DRAFTER saved this while you were writing")
    expect(designer.page.locator(".rar-differences")).to_contain_text("Words of Dee")
    expect(designer.page.get_by_label("Outcomes:", exact=True)).to_have_value("Words of Dana")
    designer.finds_the_admin_accessible()

    # And can save once they have taken over the other's words
    designer.writes("Contact", "Words of Dee")
    designer.presses("Save draft")
    designer.sees("was changed successfully")
    page = ToolkitGuidance.objects.get(slug="stepping-stones")
    assert (page.contact, page.outcomes) == ("Words of Dee", "Words of Dana")


def test_a_practitioner_finds_guidance_by_search_filter_comparison_and_from_the_question(
    starting_set: None, practitioner: Practitioner
) -> None:
    # Given a practitioner in the guidance section
    practitioner.signs_in_as("Robin Sample")
    practitioner.follows("Guidance")
    practitioner.finds_the_page_accessible()

    # When they search, with a slip of the pen
    practitioner.page.get_by_label("Search guidance").fill("steping stone")
    practitioner.page.get_by_role("button", name="Search").click()
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("link", name="Stepping Stones").first.click()

    # Then they read the page, and say that it is useful
    practitioner.is_asked("Stepping Stones")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_label("Yes", exact=True).check()
    practitioner.page.get_by_role("button", name="Send feedback").click()
    practitioner.sees("Thank you")

    # When they look for toolkits for women, then the list says how many there are
    practitioner.opens("/guidance/toolkits/")
    practitioner.page.get_by_label("Gender").select_option("Women")
    practitioner.page.get_by_role("button", name=re.compile("filter|Show", re.IGNORECASE)).first.click()
    assert "gender=women" in practitioner.page.url
    practitioner.finds_the_page_accessible()

    # When they compare two, then they see them side by side
    practitioner.opens("/guidance/toolkits/compare/?toolkits=maps-for-change&toolkits=stepping-stones")
    practitioner.sees("Stepping Stones")
    practitioner.finds_the_page_accessible()
    practitioner.page.set_viewport_size({"width": 375, "height": 800})
    wide = practitioner.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375, wide
    practitioner.page.set_viewport_size({"width": 1280, "height": 800})

    # When they are at the question, then the page opens beside it, and their place is kept
    practitioner.opens("/")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.page.get_by_text("About Maps for Change").click()
    with practitioner.page.context.expect_page() as opened:
        practitioner.page.get_by_role("link", name=re.compile("Read the guidance on Maps for Change")).click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Maps for Change")
    practitioner.is_asked("Which RAR toolkit will you use?")


def test_a_search_that_finds_nothing_says_what_to_do(starting_set: None, practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens("/guidance/search/?words=xylophone")
    practitioner.sees("xylophone")
    practitioner.finds_the_page_accessible()
