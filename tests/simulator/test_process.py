"""The simulator as a process: starting, stopping, its database, its connections."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.simulator.delius import Delius
from tests.simulator_process import ROOT, Simulator, SimulatorProcess


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., SimulatorProcess]]:
    """Return a function that starts a simulator on one and the same database file."""
    running: list[SimulatorProcess] = []

    def start(*, keep: bool = False) -> SimulatorProcess:
        process = SimulatorProcess(database=tmp_path / "made" / "delius.sqlite3", keep=keep)
        running.append(process)
        process.start()
        return process

    yield start
    for process in running:
        process.stop()


def test_it_listens_when_it_says_so(started: Callable[..., SimulatorProcess]) -> None:
    began = time.perf_counter()
    process = started()

    assert requests.get(f"{process.base_url}/control/health", timeout=1).json()["status"] == "UP"
    assert time.perf_counter() - began < 5


def test_it_stops_cleanly_when_asked_to(started: Callable[..., SimulatorProcess]) -> None:
    assert started().stop() == 0


def test_it_stops_though_a_connection_is_open_and_a_request_is_held(started: Callable[..., SimulatorProcess]) -> None:
    process = started()
    simulator = Simulator(process.base_url)
    simulator.fault("jwks", "timeout_before", seconds=60)
    with pytest.raises(requests.Timeout):
        requests.get(f"{simulator.auth_url}/.well-known/jwks.json", timeout=0.1)

    assert process.stop() == 0
    simulator.close()


def test_a_restart_begins_afresh(started: Callable[..., SimulatorProcess]) -> None:
    first = started()
    added = Simulator(first.base_url).add_nsi("X000001", "TKDEV")
    first.stop()

    assert added not in Simulator(started().base_url).nsis("X000001")


def test_a_restart_can_keep_the_records_and_tokens(started: Callable[..., SimulatorProcess]) -> None:
    first = started()
    before = Simulator(first.base_url)
    added = before.add_nsi("X000001", "TKDEV")
    token = before.token("ROBIN.SAMPLE")
    first.stop()

    after = Simulator(started(keep=True).base_url)

    assert added in after.nsis("X000001")
    caller = Delius(after, token)
    assert added["nsiId"] in {nsi["nsiId"] for nsi in caller.nsis("X000001")}
    caller.close()


def test_keeping_what_is_not_there_yet_begins_with_the_demonstration(started: Callable[..., SimulatorProcess]) -> None:
    assert {nsi["crn"] for nsi in Simulator(started(keep=True).base_url).nsis()} > {"X000001", "X000002"}


@pytest.mark.parametrize("options", [[], ["--keep"]])
@pytest.mark.parametrize("make", ["a database", "another file"])
def test_a_file_that_is_not_the_simulators_is_left_alone(tmp_path: Path, make: str, options: list[str]) -> None:
    database = tmp_path / "other.sqlite3"
    if make == "a database":
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("CREATE TABLE mine (a)")
    else:
        database.write_text("Somebody's notes, longer than the hundred bytes that a database begins with." * 3)
    kept = database.read_bytes()

    ended = subprocess.run(
        [sys.executable, "-m", "simulator", "--port", "0", *options, "--database", str(database)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert ended.returncode == 1
    assert "name another file" in ended.stderr
    assert database.read_bytes() == kept


def test_the_control_door_answers_this_machine_only(tmp_path: Path) -> None:
    address = socket.gethostbyname(socket.gethostname())
    if address.startswith("127."):
        pytest.skip("this machine has no address but the loopback one")
    process = SimulatorProcess(database=tmp_path / "delius.sqlite3", host="0.0.0.0")
    process.start()
    try:
        outside = process.base_url.replace("0.0.0.0", address)
        assert requests.get(f"{outside}/control/health", timeout=5).status_code == 403
        assert requests.get(f"{outside}/auth/.well-known/jwks.json", timeout=5).status_code == 200
    finally:
        process.stop()


def test_one_connection_carries_many_requests(simulator: Simulator) -> None:
    host, port = simulator.base_url.removeprefix("http://").split(":")
    unread_body = b"PUT /delius/cases/X000001/nsis/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    with socket.create_connection((host, int(port)), timeout=5) as connection, connection.makefile("rb") as answers:
        for request in (unread_body, unread_body, b"GET /control/health HTTP/1.1\r\nHost: x\r\n\r\n"):
            connection.sendall(request)
            status = answers.readline().split()[1]
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)
    assert status == b"200"
