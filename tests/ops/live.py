"""The product as it is run, and somebody who books an appointment with it, over HTTP alone."""

import html
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from scripts.servers import PATIENCE_SECONDS, Site, manage, serving
from tests.booking.journeys import typed
from tests.simulator_process import Simulator

NOTES = "Words about Brian that are nobody else's"
# What nobody may read in a log line's place for another system, or in a trace.
PRIVATE = ("X000001", "Brian", "Example", "ROBIN", "Robin", "Sample", NOTES)


class Product:
    """The web server under gunicorn, and workers, with a log and a database of their own: a copy of a filled one."""

    def __init__(self, folder: Path, simulator: Simulator, filled: Path, **settings: str) -> None:
        self.database = folder / "rarbooking.sqlite3"
        shutil.copyfile(filled, self.database)
        self.log = folder / "web.log"
        self.settings = {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "HMPPS_AUTH_URL": simulator.auth_url,
            "DELIUS_INTEGRATION_URL": simulator.delius_url,
            "HMPPS_CLIENT_SECRET": "demo-secret",
            "SECURE_COOKIES": "false",
            "SECURE_SSL_REDIRECT": "false",
            "DEMO": "true",
            "LOG_LEVEL": "INFO",
            **settings,
        }

    @contextmanager
    def serving(self, *options: str) -> Iterator[Site]:
        """Serve for as long as the block lasts; what is logged goes to the file of this run."""
        with serving(*options, log=self.log, **self.settings) as site:
            yield site

    def manage(self, *command: str) -> list[dict[str, Any]]:
        """Run a command to its end and return what it logged."""
        done = manage(*command, **self.settings)
        assert done.returncode == 0, done.stderr
        return lines_of(done.stderr)

    def logged(self) -> list[dict[str, Any]]:
        """What the web server has logged so far."""
        return lines_of(self.log.read_text())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement finds in, or changes of, the database."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(sql).fetchall()

    def work_is_due(self) -> None:
        """Let no booking and no task wait for its time."""
        self.rows("UPDATE booking_booking SET next_try_at = updated_at WHERE next_try_at IS NOT NULL")
        self.rows("UPDATE django_tasks_database_dbtaskresult SET run_after = enqueued_at WHERE status = 'READY'")


def fill(database: Path) -> None:
    """Make a database with the toolkits and the demo's rollout."""
    for command in (("migrate", "--verbosity=0"), ("load_toolkits",), ("load_demo_rollout",)):
        done = manage(*command, DATABASE_URL=f"sqlite:///{database}", DEMO="true")
        assert done.returncode == 0, done.stderr


class Visitor:
    """Somebody at a browser without script."""

    def __init__(self, site: Site, username: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False
        page = self.get("/sign-in/")
        fields = {"username": username, **_hidden(page.text.partition("</form>")[0])}
        address = urljoin(page.url, re.findall(r'action="([^"]+)"', page.text)[0])
        signed_in = self.session.post(address, fields, timeout=PATIENCE_SECONDS)
        assert signed_in.url == site.address + "/", signed_in.url

    def get(self, path: str, **headers: str) -> requests.Response:
        """Open a page, wherever that leads."""
        return self.session.get(self.site.address + path, headers=headers, timeout=PATIENCE_SECONDS)

    def send(self, page: requests.Response, fields: dict[str, str], **headers: str) -> requests.Response:
        """Send the form of a page, and return the page that it leads to."""
        own = page.text.partition("<main")[2]
        return self.session.post(
            page.url,
            {**_hidden(own), **fields},
            headers={"Referer": page.url, **headers},
            timeout=PATIENCE_SECONDS,
        )

    def answers_everything(self, crn: str) -> requests.Response:
        """Answer each question as it comes, and return *Check your answers*."""
        answers = typed(notes=NOTES)
        page = self.get(f"/cases/{crn}/arrange/")
        while not page.url.endswith("/check/"):
            slug = page.url.rstrip("/").rsplit("/", 1)[-1]
            page = self.send(page, answers[slug])
            assert page.ok, page.url
        return page


def lines_of(text: str) -> list[dict[str, Any]]:
    """The log lines of a text that are JSON."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _hidden(form: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found
