"""Servers of our own for a test: PostgreSQL, Redis and the product under gunicorn. None is waited for by sleeping."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import requests

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
TOKEN = "a-token-for-prometheus"
PRODUCTION = {
    "SECRET_KEY": "a-secret-for-this-test-" + "x" * 40,
    "ALLOWED_HOSTS": "rarbooking.example,127.0.0.1",
    "HMPPS_AUTH_URL": "https://auth.invalid/auth",
    "COMMUNITY_API_URL": "https://community-api.invalid",
    "DELIUS_API_URL": "https://delius-api.invalid",
    "HMPPS_CLIENT_ID": "rarbooking",
    "HMPPS_CLIENT_SECRET": "placeholder",
    "METRICS_TOKEN": TOKEN,
}


def environment(**more: str) -> dict[str, str]:
    """The environment of a deployment."""
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **PRODUCTION, **more}


def manage(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a management command as a deployment would."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on, and that no outgoing connection is given while its server is stopped."""
    for port in random.sample(range(20000, 30000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no free port")


def postgres_binaries() -> Path | None:
    """Where PostgreSQL's programs are, if they are here."""
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "pg_ctl").exists()), None)


class Postgres:
    """A cluster in a folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries = binaries
        self.folder = folder
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust")

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop it, and return once it has stopped."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)

    def run(self, program: str, *arguments: str, check: bool = True) -> str:
        """Run one of PostgreSQL's programs, which refuse to run as root."""
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=check
        )
        return done.stdout


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and return once it says that it takes connections."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        """Stop it."""
        if self._process:
            self._process.terminate()
            self._process.communicate(timeout=PATIENCE_SECONDS)
            self._process = None


class Site:
    """The product under gunicorn, as ops/gunicorn.conf.py has it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self._port = port
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask as a load balancer does."""
        headers = {"Host": "rarbooking.example", "X-Forwarded-Proto": "https", "Connection": "close", **headers}
        return requests.get(self.address + path, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False)

    def send(self, request: bytes) -> bytes:
        """Send bytes as they are, and return all that comes back before the server ends the connection."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def metrics(self) -> str:
        """The metrics of all its processes."""
        return self.get("/metrics", Authorization=f"Bearer {TOKEN}").text


@contextmanager
def serving(*options: str, log: IO[bytes] | None = None, **settings: str) -> Iterator[Site]:
    """Serve on a socket that listens already: whoever connects early waits for the first process to take it.

    What it logs goes to `log`, where that is given.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", *options]
        process = subprocess.Popen(
            [*command, f"--bind=fd://{listening.fileno()}", "rarbooking.wsgi:application"],
            cwd=ROOT,
            env=environment(**{"LOG_LEVEL": "ERROR", **settings}),
            stderr=log,
            pass_fds=[listening.fileno()],
        )
        try:
            yield Site(process, listening.getsockname()[1])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)
