"""`manage.py sync_nsis`, against the simulator."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from structlog.testing import capture_logs

from delius.models import MirroredContact, MirroredNsi, SyncedCase
from tests.delius.values import BRIAN, CLARA, DEV, EDIE, FRANK
from tests.simulator_process import ROOT, STOP_SECONDS, Simulator
from toolkits.models import Toolkit

pytestmark = pytest.mark.django_db

NOBODY = "X999999"
WITH_NSIS = (CLARA, DEV, EDIE, FRANK)


class Screen:
    """What the command wrote."""

    def __init__(self) -> None:
        self._out, self._errors = StringIO(), StringIO()

    def sync(self, *arguments: str) -> str:
        """Run the command and return what it wrote where no error is written."""
        call_command("sync_nsis", *arguments, stdout=self._out, stderr=self._errors)
        return self.text

    @property
    def text(self) -> str:
        return self._out.getvalue()

    @property
    def errors(self) -> str:
        return self._errors.getvalue()


@pytest.fixture
def screen(simulator: Simulator, rollout: None) -> Screen:
    return Screen()


def failing(screen: Screen, *arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        screen.sync(*arguments)
    return caught.value


def lines(*, cases: str, nsis: str, contacts: str) -> str:
    return f"Cases: {cases}\nNSIs: {nsis}\nContacts: {contacts}\n"


FIRST = lines(
    cases="4 read, 0 skipped, 0 failed",
    nsis="5 new, 0 changed, 0 gone",
    contacts="7 new, 0 moved, 0 gone",
)


def test_the_first_run_reads_everything_and_says_so(screen: Screen):
    assert screen.sync("--crn", *WITH_NSIS) == FIRST
    assert set(MirroredNsi.objects.values_list("type_code", flat=True)) == {"TKCAC", "TKDEV", "TKMAP"}
    assert screen.errors == ""


def test_a_second_run_within_the_hour_asks_delius_for_nothing(screen: Screen, simulator: Simulator):
    screen.sync("--crn", *WITH_NSIS)
    simulator.clear_requests()
    assert "Cases: 0 read, 4 skipped, 0 failed" in screen.sync("--crn", *WITH_NSIS)
    assert simulator.requests() == []


def test_with_no_age_allowed_everything_is_read_again(screen: Screen):
    screen.sync("--crn", CLARA)
    assert "Cases: 1 read, 0 skipped" in screen.sync("--crn", CLARA, "--max-age", "0")


def test_a_caseload_is_read_whole(screen: Screen):
    assert "Cases: 2 read, 0 skipped, 0 failed" in screen.sync("--staff", "JO.PLACEHOLDER")
    assert set(SyncedCase.objects.values_list("crn", flat=True)) == {"X000014", "X000018"}


def test_a_provider_means_its_cases_read_before(screen: Screen):
    assert "sync_nsis --staff" in str(failing(screen, "--provider", "N90"))
    screen.sync("--crn", CLARA, DEV)
    assert "Cases: 2 read" in screen.sync("--provider", "N90", "--max-age", "0")


def test_a_crn_may_be_typed_in_small_letters_and_counts_once(screen: Screen):
    assert "Cases: 1 read" in screen.sync("--crn", CLARA.lower(), CLARA)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--crn", "X1"), ("--crn", CLARA, "--staff", "ROBIN.SAMPLE"), ("--crn", CLARA, "--max-age", "-1")],
    ids=["nobody", "no CRN", "two kinds", "no age"],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(
    screen: Screen, simulator: Simulator, arguments: tuple[str, ...]
):
    failing(screen, *arguments)
    assert simulator.requests() == []


def test_a_user_without_a_staff_record_is_said_to_have_none(screen: Screen):
    assert str(failing(screen, "--staff", "NOEL.NOSTAFF")) == "This user has no staff record in Delius."


def test_a_caseload_that_cannot_be_read_is_to_be_tried_later(screen: Screen, simulator: Simulator):
    simulator.fault("managed_people", "status", status=500)
    assert "Run this again later" in str(failing(screen, "--staff", "ROBIN.SAMPLE"))


def test_without_toolkits_it_says_what_to_run(screen: Screen):
    Toolkit.objects.all().delete()
    assert "load_toolkits" in str(failing(screen, "--crn", CLARA))


def test_a_case_that_cannot_be_read_is_named_and_the_run_fails(screen: Screen):
    assert failing(screen, "--crn", NOBODY, CLARA).returncode == 1
    assert f"{NOBODY} could not be read: NotFound" in screen.errors
    assert "Cases: 1 read, 0 skipped, 1 failed" in screen.text


def test_a_dry_run_reports_the_same_and_stores_nothing(screen: Screen):
    assert screen.sync("--crn", *WITH_NSIS, "--dry-run") == f"{FIRST}Nothing was stored.\n"
    for model in (SyncedCase, MirroredNsi, MirroredContact):
        assert not model.objects.exists()


def test_it_stops_where_delius_asks_for_a_long_rest_and_the_next_run_carries_on(
    screen: Screen, simulator: Simulator, settings: Settings
):
    settings.DELIUS_SYNC_PARALLEL = 1
    simulator.fault("nsis", "status", status=503, retryAfter=3600)
    stopped = failing(screen, "--crn", *WITH_NSIS)
    assert str(stopped) == (
        "Stopped because Delius asks for fewer requests. Cases left: 3. Run this again later to carry on."
    )
    assert stopped.returncode == 1
    assert "Cases: 4 read, 0 skipped, 0 failed" in screen.sync("--crn", *WITH_NSIS)


def test_a_rest_that_delius_asks_for_is_taken(screen: Screen, simulator: Simulator):
    simulator.fault("nsis", "status", status=429)
    assert "Cases: 2 read, 0 skipped, 0 failed" in screen.sync("--crn", CLARA, DEV)


def test_nobody_is_named_in_the_log(screen: Screen):
    with capture_logs() as logs:
        failing(screen, "--crn", CLARA, NOBODY)
    assert [each["read"] for each in logs if each["event"] == "nsis_synced"] == [1]
    assert not {CLARA, NOBODY} & set(str(logs).replace("'", " ").replace("/", " ").split())


@pytest.fixture
def in_another_process(simulator: Simulator, tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Return a function that starts a command of the product, with a database of its own, against the simulator."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
        "HMPPS_AUTH_URL": simulator.auth_url,
        "COMMUNITY_API_URL": simulator.community_url,
        "DELIUS_API_URL": simulator.delius_url,
    }

    def start(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    for arguments in (("migrate", "--verbosity", "0"), ("load_toolkits",)):
        with start(*arguments) as process:
            process.communicate()
        assert process.returncode == 0
    return start


def test_ctrl_c_stops_it_cleanly_and_the_next_run_carries_on(
    simulator: Simulator, in_another_process: Callable[..., "subprocess.Popen[str]"]
):
    simulator.fault("token", "latency", seconds=1)
    with in_another_process("sync_nsis", "--crn", BRIAN, CLARA) as process:
        while not simulator.requests("token") and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 130
    assert "Cases: 0 read, 0 skipped, 0 failed" in out
    assert "Stopped. Cases left: 2. Run this again to carry on." in errors
    assert "Traceback" not in errors
    with in_another_process("sync_nsis", "--crn", BRIAN, CLARA) as process:
        out, _ = process.communicate(timeout=STOP_SECONDS)
    assert (process.returncode, out.splitlines()[0]) == (0, "Cases: 2 read, 0 skipped, 0 failed")
