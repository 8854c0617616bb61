"""Given to pytest with -p: writes how long each test took, or runs the tests it is told, the quickest first."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

# A file to write for each test that passed how many seconds it took; a file with the tests to run, in their order.
TIMES = os.environ.get("MUTANTS_TIMES")
TESTS = os.environ.get("MUTANTS_TESTS")
seconds: dict[str, float] = defaultdict(float)
failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what a test took, with its fixtures."""
    seconds[report.nodeid] += report.duration
    if not report.passed:
        failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the times."""
    if TIMES and not hasattr(session.config, "workerinput"):
        Path(TIMES).write_text(json.dumps({test: took for test, took in seconds.items() if test not in failed}))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the tests to run, those that empty every table after the others."""
    if TESTS:
        order = {test: place for place, test in enumerate(json.loads(Path(TESTS).read_text()))}
        items[:] = [item for item in items if item.nodeid in order]
        items.sort(key=lambda item: (_empties_tables(item), order[item.nodeid]))


def _empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures or (marker and marker.kwargs.get("transaction")))
