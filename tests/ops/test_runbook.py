"""The runbook names what is there."""

import re
from pathlib import Path
from typing import Any

import yaml
from django.core.management import get_commands
from django.urls import resolve

from rarbooking.roles import Role
from tests.ops.test_packaging import KNOWN_SETTINGS

ROOT = Path(__file__).resolve().parent.parent.parent
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "ops/prometheus/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]


def test_an_alert_says_how_bad_it_is_what_it_means_and_where_to_read_on() -> None:
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in RUNBOOK.splitlines() if line.startswith("##")}
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"]["summary"]
        document, _, section = rule["annotations"]["runbook"].partition("#")
        assert (document, section in headings) == ("docs/runbook.md", True), section


def test_every_command_of_ours_that_it_tells_of_is_there() -> None:
    named = set(re.findall(r"(?:`|^ +|then `)(?:manage|\S*python manage\.py) (\w+)", RUNBOOK, re.MULTILINE))
    assert {"migrate", "resume_bookings", "load_toolkits", "grant_database"} <= named
    assert named <= set(get_commands())


def test_every_page_that_it_sends_somebody_to_is_there() -> None:
    named = set(re.findall(r"(/(?:admin|health|metrics|info)[a-z/]*)", RUNBOOK))
    assert len(named) > 8
    for address in named:
        resolve(address)


def test_every_setting_that_it_names_is_described() -> None:
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", RUNBOOK))
    role_of_the_client = {"ROLE_PROBATION_API__RAR_APPOINTMENTS__CASE_DETAIL"}
    events = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")))
    assert named <= KNOWN_SETTINGS | role_of_the_client | {role.value for role in Role} | events
