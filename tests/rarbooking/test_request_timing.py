"""What the log says of how long a request took."""

from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from rarbooking.observability.request_timing import union_seconds
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

HELD_SECONDS = 0.05


def line_of(client: Client, path: str) -> dict[str, Any]:
    with capture_logs() as lines:
        client.get(path)
    [line] = [each for each in lines if each["event"] == "request_finished"]
    return dict(line)


def test_the_line_of_a_request_tells_how_long_it_took_and_how_long_it_waited_for_delius(
    robin: Client, simulator: Simulator
) -> None:
    simulator.fault("getCase", "latency", seconds=HELD_SECONDS)
    simulator.clear_requests()
    line = line_of(robin, "/cases/X000001/arrange/type/")
    assert line["milliseconds"] >= line["upstream_milliseconds"] >= HELD_SECONDS * 1000
    assert line["upstream_calls"] == len(simulator.requests())


def test_a_request_that_asks_nothing_of_delius_waited_for_nothing(robin: Client) -> None:
    robin.get("/cases/X000001/arrange/type/")
    line = line_of(robin, "/cases/X000001/arrange/type/")
    assert (line["upstream_milliseconds"], line["upstream_calls"]) == (0, 0)
    assert line["milliseconds"] > 0


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0),
        ([(1, 3)], 2),
        ([(1, 3), (5, 6)], 3),
        ([(1, 3), (2, 4)], 3),
        ([(1, 9), (2, 4), (3, 5)], 8),
        ([(5, 6), (1, 3), (3, 5)], 5),
    ],
)
def test_what_is_waited_for_side_by_side_counts_once(spans: list[tuple[float, float]], seconds: float) -> None:
    assert union_seconds(spans) == seconds
