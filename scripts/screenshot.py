"""Take the README's picture: run the demo on spare ports with its own database, and walk to *Check your answers*."""

import sys
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page

from scripts.own_demo import chromium, own_demo


def main() -> int:
    """Write the picture to the path given on the command line."""
    target = Path(sys.argv[1])
    with own_demo() as demo, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        _walk(page, demo.site)
        page.screenshot(path=target, full_page=True)
    return 0


def _walk(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("button", name="Robin Sample").click()
    page.get_by_role("link", name="Arrange an appointment for Brian Example").click()
    for answer in ("Office visit", "Yes, it will count towards RAR", "Choices and Changes"):
        page.get_by_label(answer, exact=True).check()
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    day = date.today() + timedelta(days=7)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(label, exact=True).fill(str(value))
    page.get_by_label("Start time").fill("9am")
    page.get_by_label("End time").fill("9:30am")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("No, it’s a one-off appointment").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("No, it is not sensitive").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Check your answers").wait_for()


if __name__ == "__main__":
    sys.exit(main())
