"""The alerts and the dashboard ask for metrics that are there, with labels and values that occur."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from booking.models import BookingState, JourneyEvent
from delius.upstream import Service
from rarbooking.observability.metrics import result_label
from tests.booking.down import open_circuits

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "a-token-for-prometheus"

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "ops/prometheus/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((ROOT / "ops/grafana/dashboard.json").read_text())
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in RULES} | {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}

VALUES = {
    "state": set(BookingState.values),
    "result": {result_label(status) for status in (200, 400, 500, None)},
    "event": {JourneyEvent.STARTED.value, JourneyEvent.FINISHED.value},
    "view": {name for name in get_resolver().reverse_dict if isinstance(name, str)},
}


def selectors(node: Any) -> Iterator[promql.VectorSelector]:
    """The metrics that an expression selects."""
    match node:
        case promql.VectorSelector():
            yield node
        case promql.MatrixSelector():
            yield node.vector_selector
        case promql.BinaryExpr():
            yield from selectors(node.lhs)
            yield from selectors(node.rhs)
        case promql.Call():
            for each in node.args:
                yield from selectors(each)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from selectors(node.expr)


@pytest.fixture
def samples(robin: Client, settings: Settings) -> dict[str, set[str]]:
    """The names of the metrics that the service shows once it has been used, each with its labels."""
    settings.METRICS_TOKEN = TOKEN
    for path in ("/", "/cases/X000001/arrange/type/"):
        assert robin.get(path).status_code == 200
    open_circuits(Service.DELIUS)
    assert robin.get("/cases/X000002/schedule/").status_code == 503
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_metric_and_label_that_is_asked_for_is_there(samples: dict[str, set[str]], name: str) -> None:
    asked = list(selectors(promql.parse(EXPRESSIONS[name])))
    assert asked
    for selector in asked:
        assert selector.name in samples
        assert {each.name for each in selector.matchers.matchers} <= samples[selector.name]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_value_that_is_looked_for_is_one_that_occurs(name: str) -> None:
    for selector in selectors(promql.parse(EXPRESSIONS[name])):
        for matcher in selector.matchers.matchers:
            known = VALUES.get(matcher.name)
            assert known is None or set(matcher.value.split("|")) <= known


def test_no_panel_of_the_dashboard_has_the_number_or_the_place_of_another() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
