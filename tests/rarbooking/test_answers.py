"""What every page has in common: headers, caching, logs and error pages."""

import logging
from typing import Any

import pytest
from django.test import Client

from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db


def test_no_page_may_run_inline_scripts_or_be_framed(robin: Client) -> None:
    policy = robin.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/guidance/", "/cases/X000001/arrange/type/", "/signed-out/"])
def test_pages_have_no_inline_script_style_or_handler(robin: Client, path: str) -> None:
    page = robin.get(path, follow=True).content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("path", ["/", "/cases/X000001/arrange/type/", "/cases/X000014/arrange/"])
def test_pages_about_people_are_kept_in_no_cache(robin: Client, path: str) -> None:
    assert "no-store" in robin.get(path)["Cache-Control"]


def test_an_unknown_address_gets_our_page_with_a_reference(robin: Client) -> None:
    answer = robin.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert "quote reference" in answer.content.decode()


def test_a_form_without_its_token_gets_our_page_and_changes_nothing(robin: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = robin.cookies
    answer = strict.post("/cases/X000001/arrange/discard/")
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()


def test_delius_being_down_is_said_in_plain_words(robin: Client, simulator: Simulator) -> None:
    simulator.fault("getCases", "status", status=503, times=None)
    answer = robin.get("/")
    assert answer.status_code == 503
    assert "Delius is not available" in answer.content.decode()


def test_logs_hold_no_crn_and_no_name(robin: Client, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    with caplog.at_level(logging.INFO):
        robin.get("/cases/X000001/arrange/type/")
        robin.post("/", {"find": "Brian"}, follow=True)
        robin.get("/?find=Brian")
    assert caplog.records
    assert not [record for record in caplog.records if "Brian" in record.getMessage()]
    assert not [record for record in caplog.records if "X000001" in record.getMessage()]
