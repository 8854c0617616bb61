"""`manage.py sync_nsis`, against the simulator."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from delius.models import MirrorCursor, MirroredContact, MirroredNsi
from tests.delius.values import BRIAN, CLARA
from tests.simulator_process import ROOT, STOP_SECONDS, Simulator
from tests.toolkits.factories import make_toolkit
from toolkits.models import Toolkit

pytestmark = pytest.mark.django_db


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


def lines(*, changes: int, nsis: int = 0, contacts: int = 0) -> str:
    return f"Changes: {changes} read\nNSIs: {nsis} new, 0 changed, 0 gone\nContacts: {contacts} new, 0 moved, 0 gone\n"


def test_the_first_run_reads_everything_and_says_so(screen: Screen):
    said = screen.sync().splitlines()
    nsis, contacts = MirroredNsi.objects.count(), MirroredContact.objects.count()
    assert said == lines(changes=nsis + contacts, nsis=nsis, contacts=contacts).splitlines()
    assert set(MirroredNsi.objects.values_list("type_code", flat=True)) >= {"TKCAC", "TKDEV", "TKMAP"}
    assert screen.errors == ""


def test_the_next_run_reads_what_changed_since(screen: Screen, simulator: Simulator):
    screen.sync()
    [nsi] = simulator.nsis(CLARA)
    simulator.add_contact(CLARA, start="2030-06-25T15:00", end="2030-06-25T16:00", nsiId=nsi["nsiId"])
    assert screen.sync().endswith(lines(changes=1, contacts=1))
    assert screen.sync().endswith(lines(changes=0))


def test_it_reads_everything_again_where_it_is_told_to_and_after_a_toolkit_was_added(screen: Screen):
    first = screen.sync().splitlines()[0]
    assert first != "Changes: 0 read"
    screen.sync("--from-beginning")
    make_toolkit(nsi_type_code="TKX")
    screen.sync()
    assert screen.text.splitlines().count(first) == 3


def test_without_toolkits_it_says_what_to_run(screen: Screen):
    Toolkit.objects.all().delete()
    assert "load_toolkits" in str(failing(screen))


def test_more_types_than_delius_answers_for_are_said_to_be_too_many(screen: Screen, simulator: Simulator):
    for _ in range(50):
        make_toolkit()
    assert str(failing(screen)) == "Toolkits have more than 50 NSI types: Delius answers for no more."
    assert simulator.requests() == []


def test_a_dry_run_reports_the_same_and_stores_nothing(screen: Screen):
    said = screen.sync("--dry-run")
    assert said.endswith("Nothing was stored.\n")
    for model in (MirrorCursor, MirroredNsi, MirroredContact):
        assert not model.objects.exists()
    assert screen.sync() == said + said.removesuffix("Nothing was stored.\n")


def test_it_stops_where_delius_asks_for_a_long_rest_and_the_next_run_carries_on(screen: Screen, simulator: Simulator):
    simulator.fault("getChanges", "status", status=503, retryAfter=3600)
    stopped = failing(screen)
    assert str(stopped) == "Stopped because Delius asks for fewer requests. Run this again later to carry on."
    assert stopped.returncode == 1
    screen.sync()
    assert MirroredNsi.objects.exists()


def test_a_rest_that_delius_asks_for_is_taken(screen: Screen, simulator: Simulator):
    simulator.fault("getChanges", "status", status=429)
    screen.sync()
    assert MirroredNsi.objects.exists()


def test_it_says_so_where_the_answer_makes_no_sense(screen: Screen, simulator: Simulator):
    simulator.fault("getChanges", "malformed")
    assert str(failing(screen)) == "Stopped because Delius does not answer. Run this again later to carry on."


def test_where_delius_refuses_to_go_on_it_says_what_to_do_and_that_helps(screen: Screen):
    screen.sync()
    MirrorCursor.objects.update(next="nowhere")
    assert "Run this with --from-beginning." in str(failing(screen))
    screen.sync("--from-beginning")
    assert MirrorCursor.objects.get().next != "nowhere"


def test_nobody_is_named_in_the_log(screen: Screen, simulator: Simulator):
    with capture_logs() as logs:
        screen.sync()
    assert [each["read"] > 0 for each in logs if each["event"] == "nsis_synced"] == [True]
    assert not {BRIAN, CLARA} & set(str(logs).replace("'", " ").replace("/", " ").split())


@pytest.fixture
def in_another_process(simulator: Simulator, tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Return a function that starts a command of the product, with a database of its own, against the simulator."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
        "HMPPS_AUTH_URL": simulator.auth_url,
        "DELIUS_INTEGRATION_URL": simulator.delius_url,
    }

    def start(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Tests that run in the background of a shell inherit that Ctrl-C is ignored.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    for arguments in (("migrate", "--verbosity", "0"), ("load_toolkits",), ("load_demo_rollout",)):
        with start(*arguments) as process:
            process.communicate()
        assert process.returncode == 0
    return start


def test_ctrl_c_stops_it_cleanly_and_the_next_run_carries_on(
    simulator: Simulator, in_another_process: Callable[..., "subprocess.Popen[str]"]
):
    simulator.fault("token", "latency", seconds=5)
    with in_another_process("sync_nsis") as process:
        while not simulator.requests("token") and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 130
    assert out == lines(changes=0)
    assert "Stopped. Run this again to carry on." in errors
    assert "Traceback" not in errors
    with in_another_process("sync_nsis") as process:
        out, _ = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0
    assert out.splitlines()[0] != "Changes: 0 read"
