"""Chromium, and a practitioner who drives it."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium."""
    chromium = shutil.which("chromium")
    assert chromium, "Install the package 'chromium' to run the browser tests."
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    }


@pytest.fixture(autouse=True)
def product(transactional_db: None, simulator: Simulator, rollout: None) -> None:
    """The product's own data, and a Delius to talk to."""


@pytest.fixture
def practitioner(page: Page, live_server: LiveServer, simulator: Simulator) -> Practitioner:
    """Somebody at a browser, not signed in yet."""
    return Practitioner(page, live_server.url)


@pytest.fixture
def practitioner_without_javascript(
    new_context: Callable[..., Any], live_server: LiveServer, simulator: Simulator
) -> Practitioner:
    """Somebody at a browser that runs no JavaScript."""
    context = new_context(java_script_enabled=False)
    return Practitioner(context.new_page(), live_server.url)
