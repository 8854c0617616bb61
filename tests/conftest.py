"""What every test may use: a Delius simulator, people signed in, and the rollout of the demo."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from csp.constants import SELF
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from delius.http import background
from guidance.models import RiskFlagGuidance, SearchEntry, ToolkitGuidance
from guidance.selectors import invalidate
from guidance.services.import_export import load_guidance
from tests import sampling
from tests.faults import tally as faults
from tests.hostile import tally as hostile
from tests.people import account, client_of
from tests.simulator_process import Simulator, SimulatorProcess
from toolkits.models import Rollout, Toolkit

pytest_plugins = ["tests.contract.recording"]


GUIDANCE: tuple[Any, ...] = (ToolkitGuidance, RiskFlagGuidance, SearchEntry)
# The folders whose tests take longest, which begin first so that no worker is left alone with them at the end.
SLOWEST_FIRST = ("ops", "faults", "hostile", "journeys")
# Fixtures and folders of tests that start a process: a simulator, a database, the product under gunicorn, a browser.
STARTS_PROCESSES = {"simulator_process", "live_server", "page"}
IN_PROCESS_OPS = {"test_monitoring.py", "test_runbook.py"}
# Whose tests run commands as a deployment does.
STARTS_COMMANDS = {"test_process.py", "test_settings.py", "test_migrations.py"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that `make check` leaves out, take a sample of the exhaustive ones, and put the slowest first."""
    if left_out := sampling.leave_out(items):
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: _rank(item.path.parent.name))
    for item in items:
        starts_processes = STARTS_PROCESSES & set(getattr(item, "fixturenames", ()))
        folder, name = item.path.parent.name, item.path.name
        if starts_processes or (folder == "ops" and name not in IN_PROCESS_OPS) or name in STARTS_COMMANDS:
            item.add_marker("server")


def _rank(folder: str) -> int:
    return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests of faults and of hostile requests found."""
    faults.report(terminalreporter)
    hostile.report(terminalreporter)


SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Drop the triggers that keep audit events: tests with real transactions are cleaned up by emptying every table.

    The tests of the audit have a fixture that makes them again.
    """
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        import_module("audit.migrations.0002_append_only").remove(None, editor)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Forget what earlier tests kept: their rows are gone."""
    cache.clear()


@pytest.fixture(scope="session")
def simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """One simulator a test process."""
    process = SimulatorProcess(database=tmp_path_factory.mktemp("simulator") / "delius.sqlite3")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def simulator(simulator_process: SimulatorProcess, settings: Settings) -> Iterator[Simulator]:
    """The simulator with its demo data as new, and the product pointed at it."""
    control = Simulator(simulator_process.base_url)
    control.reset()
    settings.HMPPS_AUTH_URL = control.auth_url
    settings.HMPPS_AUTH_PUBLIC_URL = control.auth_url
    settings.HMPPS_AUTH_ISSUER = f"{control.auth_url}/issuer"
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": [SELF, control.base_url]}}
    settings.DELIUS_INTEGRATION_URL = control.delius_url
    cache.clear()
    yield control
    background.drain()
    control.close()
    cache.clear()


@pytest.fixture
def later(simulator: Simulator) -> Callable[..., Any]:
    """Return a function that moves both clocks on for a block."""

    @contextmanager
    def move_on(**ahead: float) -> Iterator[None]:
        moment = timezone.now() + timedelta(**ahead)
        simulator.freeze(moment.isoformat())
        with time_machine.travel(moment, tick=True):
            yield

    return move_on


@pytest.fixture(scope="session")
def rollout_rows() -> dict[date, tuple[list[Toolkit], list[Rollout]]]:
    """What `rollout` loaded, by the day."""
    return {}


@pytest.fixture
def rollout(db: None, rollout_rows: dict[date, tuple[list[Toolkit], list[Rollout]]]) -> None:
    """The toolkits, and the teams of the demo that are on them: loaded by the commands once, and then as rows."""
    today = timezone.localdate()
    if today in rollout_rows:
        toolkits, teams = rollout_rows[today]
        Toolkit.objects.bulk_create(toolkits)
        Rollout.objects.bulk_create(teams)
    else:
        call_command("load_toolkits", verbosity=0)
        call_command("load_demo_rollout", verbosity=0)
        rollout_rows[today] = list(Toolkit.objects.all()), list(Rollout.objects.all())


def pytest_collection_finish() -> None:
    """Leave what was collected, which stays to the end, out of garbage collection: looking through it takes long."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def starting_set_rows() -> dict[tuple[int, ...], list[list[Any]]]:
    """What `starting_set` loaded, by the ids of the toolkits that it is about."""
    return {}


@pytest.fixture
def starting_set(db: None, starting_set_rows: dict[tuple[int, ...], list[list[Any]]]) -> None:
    """The 14 toolkits and 57 flags that the product comes with: published once, and then as rows without versions."""
    toolkits = tuple(Toolkit.objects.order_by("id").values_list("id", flat=True))
    if rows := starting_set_rows.get(toolkits):
        for kind, loaded in zip(GUIDANCE, rows, strict=True):
            kind.objects.bulk_create(loaded)
        invalidate()
    else:
        load_guidance()
        starting_set_rows[toolkits] = [list(kind.objects.all()) for kind in GUIDANCE]


@pytest.fixture
def signed_in(simulator: Simulator, rollout: None) -> Callable[[str], Client]:
    """Return a function that gives a test client with a session for one of the demo's users."""

    def sign_in(username: str) -> Client:
        client = client_of(account(username))
        session = client.session
        session["person"] = {
            "username": username,
            "name": username.replace(".", " ").title(),
            "auth_source": "delius",
            "provider_name": "",
        }
        session.save()
        return client

    return sign_in


@pytest.fixture
def robin(signed_in: Callable[[str], Client]) -> Client:
    """A practitioner whose team is on toolkits."""
    return signed_in("ROBIN.SAMPLE")


@pytest.fixture
def jo(signed_in: Callable[[str], Client]) -> Client:
    """A practitioner whose team is not on toolkits."""
    return signed_in("JO.PLACEHOLDER")
