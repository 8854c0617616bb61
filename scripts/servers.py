"""Servers of our own, for tests and for measuring: PostgreSQL, Redis, the product under gunicorn, and its workers.

None is waited for by sleeping.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
TOKEN = "a-token-for-prometheus"  # noqa: S105 - of servers that live for some minutes
PRODUCTION = {
    "SECRET_KEY": "only-while-it-is-tried-" + "x" * 40,
    "ALLOWED_HOSTS": "rarbooking.example,127.0.0.1",
    "HMPPS_AUTH_URL": "https://auth.invalid/auth",
    "DELIUS_INTEGRATION_URL": "https://delius-integration.invalid",
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


def run_python(module: str, *arguments: str, env: Mapping[str, str]) -> None:
    """Run a module of the tree. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=env, check=True)


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
    """A cluster in a folder. Without `durable` it does not wait for its disk, which tests need not."""

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False, **settings: str) -> None:
        self.binaries = binaries
        self.folder = folder
        self.port = free_port()
        self.url = self.url_of("postgres")
        self._settings = {"listen_addresses": "127.0.0.1", **({} if durable else {"fsync": "off"}), **settings}
        self._address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust")

    @property
    def pid(self) -> int:
        """The process that all others of the cluster come from."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def url_of(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        settings = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        options = f"-p {self.port} -k {self.folder} {settings}"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop it, and return once it has stopped."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop", check=False)

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run SQL and return the rows, their values separated by |. Raises CalledProcessError at the first error."""
        return self.client("psql", "-v", "ON_ERROR_STOP=1", "-qAtc", statement, "-d", database)

    def client(self, program: str, *arguments: str) -> str:
        """Run one of the programs that connect to it, and return what it says. Raises CalledProcessError."""
        command = [str(self.binaries / program), *self._address, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    def run(self, program: str, *arguments: str, check: bool = True) -> None:
        """Run one of the programs that serve, which refuse to run as root."""
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=check)


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process
        return self._process.pid

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
    """Where the product answers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask as a load balancer does."""
        headers = {"Host": "rarbooking.example", "X-Forwarded-Proto": "https", "Connection": "close", **headers}
        return requests.get(self.address + path, headers=headers, timeout=PATIENCE_SECONDS, allow_redirects=False)

    def send(self, request: bytes) -> bytes:
        """Send bytes as they are, and return all that comes back before the server ends the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def metrics(self) -> str:
        """The metrics of all its processes."""
        return self.get("/metrics", Authorization=f"Bearer {TOKEN}").text


class Gunicorn:
    """The product under gunicorn, as ops/gunicorn.conf.py has it.

    It takes over a socket that listens already: whoever connects while it starts, or starts anew, waits for it.
    """

    def __init__(self, settings: Mapping[str, str], *options: str, log: Path | None = None) -> None:
        self._command = [sys.executable, "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", *options]
        self._settings = settings
        self._log = log
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listening.getsockname()[1])
        self.process: subprocess.Popen[bytes]

    def start(self) -> Site:
        """Start it; return at once."""
        with ExitStack() as stack:
            output = stack.enter_context(self._log.open("ab")) if self._log else None
            self.process = subprocess.Popen(
                [*self._command, f"--bind=fd://{self._listening.fileno()}", "rarbooking.wsgi:application"],
                cwd=ROOT,
                env=environment(**self._settings),
                pass_fds=[self._listening.fileno()],
                stdout=output,
                stderr=output,
            )
        return self.site

    @property
    def site(self) -> Site:
        """Where it answers."""
        return Site(self.process, self.port)

    def stop(self) -> None:
        """Stop it, and return once it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        """Stop it, and listen no longer."""
        try:
            self.stop()
        finally:
            self._listening.close()


@contextmanager
def serving(*options: str, log: Path | None = None, **settings: str) -> Iterator[Site]:
    """Serve for as long as the block lasts. What it logs goes to `log`, where that is given."""
    server = Gunicorn({"LOG_LEVEL": "ERROR", **settings}, *options, log=log)
    try:
        yield server.start()
    finally:
        server.close()


class Worker:
    """A worker of the product."""

    def __init__(self, settings: Mapping[str, str], *, log: Path) -> None:
        self._log = log
        self._settings = settings
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it; return at once."""
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "db_worker"],
                cwd=ROOT,
                env=environment(**self._settings),
                stdout=output,
                stderr=output,
            )

    def stop(self) -> None:
        """Stop it, and return once it has ended what it was doing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)
