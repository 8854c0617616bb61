"""Chromium, and a practitioner who drives it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.text import slugify
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from scripts.own_demo import chromium_executable
from tests.booking.journeys import answer_all
from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

# Of a machine that is busy with other tests; nothing waits longer than it has to.
PATIENCE_MILLISECONDS = 30_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


class PreparedPractitioner(Practitioner):
    """Somebody whose session and answers are made on the server, because the test is about what comes after them.

    A test that is about signing in or about the questions takes a `Practitioner`, who does so in the browser.
    """

    def __init__(self, page: Page, address: str, sign_in: Callable[[str], Client]) -> None:
        super().__init__(page, address)
        self._sign_in = sign_in
        self._client = Client()

    def signs_in_as(self, name: str) -> None:
        """Have a session, and open *Your cases*."""
        self._has_a_session_as(name)
        self.opens("/")
        self.is_asked("Your cases")

    def signs_in_to_the_administration_as(self, name: str) -> None:
        """Have a session, and open the administration."""
        self._has_a_session_as(name)
        self.opens("/admin/")
        expect(self.page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()

    def answers_everything(self, *, days: int, toolkit: str = "Developing Dialogues") -> None:
        """Have every question answered by its form, without a browser, and open *Check your answers*."""
        self.is_asked("What type of appointment will it be?")
        crn = self.page.url.removeprefix(self.address).split("/")[2]
        answer_all(self._client, crn=crn, days=days, toolkit=slugify(toolkit), notes="Bring the workbook.")
        self.opens(f"/cases/{crn}/arrange/check/")
        self.is_asked("Check your answers and confirm appointment")

    def _has_a_session_as(self, name: str) -> None:
        self._client = self._sign_in(name.upper().replace(" ", "."))
        cookie = self._client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium_executable(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    }


@pytest.fixture(autouse=True)
def product(transactional_db: None, simulator: Simulator, rollout: None) -> None:
    """The product's own data, and a Delius to talk to."""


@pytest.fixture
def practitioner(page: Page, live_server: LiveServer, signed_in: Callable[[str], Client]) -> Practitioner:
    """Somebody at a browser, not signed in yet."""
    return PreparedPractitioner(page, live_server.url, signed_in)


@pytest.fixture
def practitioner_without_javascript(
    new_context: Callable[..., Any], live_server: LiveServer, signed_in: Callable[[str], Client]
) -> Practitioner:
    """Somebody at a browser that runs no JavaScript."""
    context = new_context(java_script_enabled=False)
    return PreparedPractitioner(context.new_page(), live_server.url, signed_in)
