"""What the numbers look like to somebody at a browser."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from booking.models import JourneyCount, JourneyEvent
from rarbooking.models import User
from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser
PAGE = "/admin/booking/journeycount/"


@pytest.fixture
def analyst(practitioner: Practitioner) -> Practitioner:
    """Somebody signed in who may see the numbers."""
    client = Client()
    client.force_login(User.objects.create_superuser("AN.ANALYST", password="a-long-enough-password"))
    name = settings.SESSION_COOKIE_NAME
    practitioner.page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": practitioner.address}]
    )
    return practitioner


@pytest.fixture
def week() -> None:
    """A week with some of everything."""
    day = timezone.localdate() - timedelta(days=3)
    for event, detail, number in (
        (JourneyEvent.STARTED, "", 412),
        (JourneyEvent.FINISHED, "", 318),
        (JourneyEvent.ABANDONED, "when", 31),
        (JourneyEvent.TOOLKIT, "skills-for-relationships", 48),
        (JourneyEvent.WITH_TOOLKIT, "N90", 48),
        (JourneyEvent.WITH_NAT1, "N90", 16),
        (JourneyEvent.WITH_NAT1, "N91", 3),
    ):
        JourneyCount.objects.create(day=day, event=event, detail=detail, number=number)


def test_the_numbers_and_their_bars_can_be_read_by_everybody_and_on_a_phone(analyst: Practitioner, week: None) -> None:
    analyst.opens(PAGE)
    analyst.is_asked("Journeys in numbers")
    analyst.finds_the_page_accessible()
    bar = analyst.page.locator("tr", has_text="N90").locator(".rar-bar-part")
    whole = analyst.page.locator("tr", has_text="N90").locator(".rar-bar-whole")
    part, all_of_it = bar.bounding_box(), whole.bounding_box()
    assert part
    assert all_of_it
    assert part["width"] / all_of_it["width"] == pytest.approx(0.25, abs=0.01)
    analyst.page.set_viewport_size({"width": 375, "height": 800})
    assert analyst.page.evaluate("document.documentElement.scrollWidth") == 375


def test_a_wrong_day_is_mended_from_its_message(analyst: Practitioner, week: None) -> None:
    analyst.opens(PAGE)
    last = analyst.page.get_by_role("textbox", name="To:")
    last.fill("31/2/2026")
    analyst.page.get_by_role("button", name="Show").click()
    analyst.finds_the_page_accessible()
    analyst.follows("Last day must be a real date, like 27/3/2026")
    expect(last).to_be_focused()


def test_the_file_is_offered_for_the_period_that_is_shown(analyst: Practitioner, week: None) -> None:
    analyst.opens(PAGE)
    with analyst.page.expect_download() as download:
        analyst.follows("Download these numbers (CSV)")
    assert "Skills for Relationships,48,48,100" in download.value.path().read_text()
