"""What may stand in a log line."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from rarbooking.observability.pseudonymisation import crn_pseudonym, crn_pseudonymiser, pseudonymise_crns
from scripts.servers import manage

KEY = "a-key"


def test_a_crn_is_replaced_wherever_it_stands_in_a_line() -> None:
    x = crn_pseudonym("X000001", key=KEY)
    event = {
        "event": "request_started",
        "request": "GET /cases/x000001/arrange/",
        "people": ["X000001", {"X000001": ("X000001",)}],
        "error": ValueError("X000001 is not there"),
        "n": 1,
        "nothing": None,
    }
    assert crn_pseudonymiser(KEY)(None, "info", event) == {
        "event": "request_started",
        "request": f"GET /cases/{x}/arrange/",
        "people": [x, {x: [x]}],
        "error": f"{x} is not there",
        "n": 1,
        "nothing": None,
    }


def test_the_same_person_has_the_same_alias_with_one_key_and_another_with_another() -> None:
    assert crn_pseudonym("x000001", key=KEY) == crn_pseudonym("X000001", key=KEY)
    assert crn_pseudonym("X000001", key=KEY) != crn_pseudonym("X000002", key=KEY)
    assert crn_pseudonym("X000001", key=KEY) != crn_pseudonym("X000001", key="another-key")


def test_an_alias_is_left_as_it_is() -> None:
    x = crn_pseudonym("X000001", key=KEY)
    assert pseudonymise_crns(x, key=KEY) == x


def test_whoever_has_a_reason_finds_a_person_in_the_log() -> None:
    said = StringIO()
    call_command("crn_in_logs", "x000001", stdout=said)
    assert said.getvalue().strip() == pseudonymise_crns("X000001", key=settings.LOG_CRN_KEY)


def test_a_line_is_one_json_object_with_its_time_in_utc_whatever_was_typed_and_whoever_writes_it() -> None:
    forged = '1\n{"event": "forged"}\r\n'
    write = (
        "import logging, structlog; "
        f"structlog.get_logger('ours').warning('ours', typed={forged!r}); "
        f"logging.getLogger('a.library').warning('its %s', {forged!r})"
    )
    before = datetime.now(UTC) - timedelta(seconds=1)
    written = [json.loads(line) for line in manage("shell", "--command", write).stderr.splitlines()]
    [ours] = [line for line in written if line["event"] == "ours"]
    [library] = [line for line in written if line["event"].startswith("its ")]
    assert (ours["typed"], library["event"], ours["level"]) == (forged, f"its {forged}", "warning")
    for line in (ours, library):
        at = datetime.fromisoformat(line["timestamp"])
        assert at.utcoffset() == timedelta(0)
        assert before <= at <= datetime.now(UTC)
