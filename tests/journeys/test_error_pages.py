"""Error pages as people meet them, and the administration under the Content-Security-Policy, in Chromium."""

import re
from typing import Any

import limits
import pytest
from django.core.management import call_command
from django.urls import get_resolver
from playwright.sync_api import ConsoleMessage, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from guidance.models import ToolkitGuidance
from rarbooking.web.rate_limits import store
from tests.journeys.practitioner import Practitioner
from tests.rarbooking.test_nothing_is_open import addresses
from tests.simulator_process import Simulator
from toolkits.models import Toolkit

pytestmark = pytest.mark.browser

PHONE = 375
PASSWORD = "a-password-for-this-test"
PAGES = {
    "/failing/suspicious/": "Your request could not be read",
    "/failing/forbidden/": "You do not have access to this page",
    "/failing/missing/": "Page not found",
    "/sign-out/": "You cannot open this page directly",
    "/failing/broken/": "Sorry, there is a problem with the service",
    "/failing/database/": "Sorry, the service is unavailable",
}


@pytest.fixture
def failing(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rarbooking.failing"


def finds_it_in_order(practitioner: Practitioner, heading: str) -> None:
    practitioner.is_asked(heading)
    practitioner.sees("quote reference")
    practitioner.finds_the_page_accessible()
    practitioner.page.set_viewport_size({"width": PHONE, "height": 740})
    assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    practitioner.page.set_viewport_size({"width": 1280, "height": 800})


def complaints_of(page: Page) -> list[str]:
    """Return a list to which the browser's warnings and errors are added as they come."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    return said


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_error_pages_are_accessible_and_fit_a_phone(
    practitioner: Practitioner, failing: None, is_signed_in: bool
) -> None:
    if is_signed_in:
        practitioner.signs_in_as("Robin Sample")
    for path, heading in PAGES.items():
        practitioner.opens(path)
        finds_it_in_order(practitioner, heading)


def test_a_form_that_is_too_long_ends_in_a_page_that_says_so(practitioner: Practitioner, settings: Settings) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens("/cases/X000001/arrange/type/")
    settings.BODY_LIMIT_BYTES = 10
    practitioner.continues()
    finds_it_in_order(practitioner, "What you sent is too long")


def test_somebody_who_clicks_too_fast_is_told_when_to_go_on(practitioner: Practitioner, settings: Settings) -> None:
    store().reset()
    practitioner.signs_in_as("Robin Sample")
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "user": limits.parse_many("2/hour")}
    for _ in range(3):
        practitioner.opens("/guidance/")
    finds_it_in_order(practitioner, "You have made too many requests")
    practitioner.sees("Wait 60 minutes, then reload the page.")
    store().reset()


def test_signing_out_and_in_again_works_although_the_browser_dropped_what_it_kept(
    practitioner: Practitioner, simulator: Simulator, settings: Settings
) -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    here = [*directives["form-action"], simulator.base_url]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": here}}
    visitor = Practitioner(practitioner.page, practitioner.address)
    visitor.signs_in_as("Robin Sample")
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.is_asked("You have signed out")
    visitor.signs_in_as("Jo Placeholder")


def test_no_page_of_the_administration_breaks_the_content_security_policy(
    page: Page, live_server: LiveServer, django_user_model: Any
) -> None:
    call_command("load_guidance", verbosity=0)
    django_user_model.objects.create_superuser(username="ADA.ADMIN", password=PASSWORD)
    said = complaints_of(page)
    page.goto(f"{live_server.url}/admin/login/")
    page.get_by_label("Username").fill("ADA.ADMIN")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    routes = [route for route, _ in addresses(get_resolver().url_patterns) if route.startswith("admin/")]
    opened = [route for route in routes if not re.search("<|logout|jsi18n|csv|prose", route)]
    page_of_guidance = f"admin/guidance/toolkitguidance/{ToolkitGuidance.objects.latest('pk').pk}"
    a_toolkit = f"admin/toolkits/toolkit/{Toolkit.objects.latest('pk').pk}"
    opened += [
        f"{each}/{action}/" for each in (page_of_guidance, a_toolkit) for action in ("change", "history", "delete")
    ]
    assert len(opened) > 40
    for route in opened:
        page.goto(f"{live_server.url}/{route}")
    page.goto(f"{live_server.url}/{page_of_guidance}/change/")
    page.get_by_role("button", name="Save").first.click()
    page.goto(f"{live_server.url}/admin/toolkits/rollout/add/")
    page.get_by_role("link", name="Today").first.click()
    # What nobody may add or delete is answered with our page, of which a browser tells as well.
    assert [each for each in said if "the server responded with a status of 403" not in each] == []


def test_no_page_of_the_service_breaks_the_content_security_policy(practitioner: Practitioner) -> None:
    call_command("load_guidance", verbosity=0)
    practitioner.signs_in_as("Robin Sample")
    said = complaints_of(practitioner.page)
    for path in (
        "/",
        "/cases/X000009/schedule/",
        "/cases/X000001/arrange/type/",
        "/guidance/toolkits/",
        "/signed-out/",
    ):
        practitioner.opens(path)
    assert said == []
