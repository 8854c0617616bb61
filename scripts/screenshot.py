"""Take the README's picture: run the demo on spare ports with its own database, and walk to *Check your answers*."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write the picture to the path given on the command line."""
    target = Path(sys.argv[1])
    site_port, simulator_port = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "RARBOOKING_PROFILE": "demo", "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        demo = subprocess.Popen(
            [sys.executable, "scripts/demo.py", f"--port={site_port}", f"--simulator-port={simulator_port}"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert demo.stdout
        try:
            for line in demo.stdout:
                if "Ctrl-C" in line:
                    break
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                _walk(page, f"http://127.0.0.1:{site_port}")
                page.screenshot(path=target, full_page=True)
                browser.close()
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait()
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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
