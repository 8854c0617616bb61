"""What leaves the house with the report of an error."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import brotli
import pytest

from rarbooking.observability.error_reports import REDACTED, scrubbed
from scripts.servers import ROOT, environment

PRIVATE = ("X000001", "Brian", "Private words", "a-cookie", "a-token", "127.0.0.9", "ROBIN.SAMPLE")
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
EVENT: dict[str, Any] = {
    "event_id": "0" * 32,
    "level": "error",
    "transaction": "/cases/X000001/arrange/",
    "user": {"id": 1, "username": "ROBIN.SAMPLE", "ip_address": "127.0.0.9"},
    "request": {
        "url": "https://rarbooking.example/cases/X000001/arrange/notes/?find=Brian",
        "query_string": "find=Brian",
        "method": "POST",
        "data": {"notes": "Private words"},
        "cookies": {"sessionid": "a-cookie"},
        "headers": {"Cookie": "sessionid=a-cookie", "Authorization": "Bearer a-token"},
        "env": {"REMOTE_ADDR": "127.0.0.9"},
    },
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "module": "builtins",
                "value": "Private words about Brian",
                "stacktrace": {"frames": [{"function": "save", "lineno": 1, "vars": {"notes": "Private words"}}]},
            }
        ]
    },
    "breadcrumbs": {"values": [{"message": "SELECT X000001"}]},
    "extra": {"sys.argv": ["sync_nsis", "--crn", "X000001"]},
    "logentry": {"message": "Private words", "params": ["Brian"]},
    "contexts": {"anything": {"name": "Brian"}},
    "something_new_in_sentry": "Brian",
}


def test_an_event_keeps_what_went_wrong_and_where_and_nothing_of_anybody() -> None:
    kept = scrubbed(EVENT, key="a-key")
    assert [text for text in PRIVATE if text in json.dumps(kept)] == []
    (error,) = kept["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", REDACTED)
    assert error["stacktrace"]["frames"] == [{"function": "save", "lineno": 1}]
    assert kept["request"]["method"] == "POST"
    assert kept["request"]["url"].startswith("https://rarbooking.example/cases/crn-")


def test_an_event_without_an_error_or_a_request_is_kept_too() -> None:
    assert scrubbed({"event_id": "1", "level": "info"}, key="a-key") == {"event_id": "1", "level": "info"}


BREAK = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "rarbooking.settings"
import django
django.setup()
import logging
import sentry_sdk
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from django.contrib.auth.decorators import login_not_required
import rarbooking.urls

@login_not_required
def broken(request: HttpRequest, crn: str):
    notes = "Private words"
    logging.getLogger("anything").error("Private words of %s", "Brian")
    raise ValueError(f"Private words about {crn}")

rarbooking.urls.urlpatterns.insert(0, path("broken/<str:crn>/", broken))
client = Client(raise_request_exception=False, headers={"authorization": "Bearer a-token"})
client.cookies["anything"] = "a-cookie"
answer = client.post("/broken/X000001/?find=Brian", {"notes": "Private words"}, secure=True, SERVER_NAME="127.0.0.1")
assert answer.status_code == 500, answer.status_code
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry() -> Any:
    """Something that takes reports as Sentry does: its address and the reports it took."""
    taken: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(OPENED[self.headers["Content-Encoding"]](body).decode())
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: Any) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_on_a_page_is_reported_without_what_was_sent_to_it(sentry: Any, tmp_path: Any) -> None:
    dsn, taken = sentry
    run = subprocess.run(
        [sys.executable, "-c", BREAK],
        cwd=ROOT,
        env=environment(SENTRY_DSN=dsn, DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (report,) = taken
    assert '"type":"ValueError"' in report
    assert [text for text in PRIVATE if text in report] == []
