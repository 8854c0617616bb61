"""What may stand in a log line."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command

from rarbooking.logs import alias, hiding_crns, without_crns

KEY = "a-key"


def test_a_crn_is_replaced_wherever_it_stands_in_a_line() -> None:
    x = alias("X000001", key=KEY)
    event = {
        "event": "request_started",
        "request": "GET /cases/x000001/arrange/",
        "people": ["X000001", {"X000001": ("X000001",)}],
        "error": ValueError("X000001 is not there"),
        "n": 1,
        "nothing": None,
    }
    assert hiding_crns(KEY)(None, "info", event) == {
        "event": "request_started",
        "request": f"GET /cases/{x}/arrange/",
        "people": [x, {x: [x]}],
        "error": f"{x} is not there",
        "n": 1,
        "nothing": None,
    }


def test_the_same_person_has_the_same_alias_with_one_key_and_another_with_another() -> None:
    assert alias("x000001", key=KEY) == alias("X000001", key=KEY)
    assert alias("X000001", key=KEY) != alias("X000002", key=KEY)
    assert alias("X000001", key=KEY) != alias("X000001", key="another-key")


def test_an_alias_is_left_as_it_is() -> None:
    x = alias("X000001", key=KEY)
    assert without_crns(x, key=KEY) == x


def test_whoever_has_a_reason_finds_a_person_in_the_log() -> None:
    said = StringIO()
    call_command("crn_in_logs", "x000001", stdout=said)
    assert said.getvalue().strip() == without_crns("X000001", key=settings.LOG_CRN_KEY)
