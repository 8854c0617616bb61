"""Everything that the product needs, each server a process of its own, in a temporary folder and on 127.0.0.1."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from scripts.servers import Gunicorn, Postgres, Redis, Site, Worker, manage, postgres_binaries
from tests.simulator_process import Simulator, SimulatorProcess

REALISTIC_SECONDS = 0.04
# The team of the data set's practitioners is on toolkits.
ROLLOUT = """
    INSERT INTO toolkits_rollout (provider_code, team_code, starts_on, note)
    VALUES ('N90', 'N90AAA', current_date - 90, 'Measuring');
    UPDATE toolkits_toolkit SET offered_unconfirmed = true
"""
TO_WITHDRAW = "SELECT id FROM booking_booking WHERE withdraw_nsi_at IS NOT NULL"
UNDER_WAY = "SELECT id FROM booking_booking WHERE state = 'submitted'"
# What a database server of some gigabytes is set to.
DATABASE = {"shared_buffers": "1GB", "max_wal_size": "8GB", "max_connections": "200", "work_mem": "16MB"}


@dataclass
class Stack:
    """The servers, and the settings with which the product finds them."""

    folder: Path
    postgres: Postgres
    redis: Redis
    simulator_process: SimulatorProcess
    simulator: Simulator
    settings: dict[str, str] = field(default_factory=dict)
    database: str = "postgres"

    @property
    def log(self) -> Path:
        """What gunicorn and the product say, a JSON object a line."""
        return self.folder / "web.log"

    def use(self, database: str) -> None:
        """Point what is started from now on at a database."""
        self.database = database
        self.settings["DATABASE_URL"] = self.postgres.url_of(database)

    def make_database(self, name: str) -> None:
        """Make a database with the product's tables, toolkits and guidance, and use it."""
        self.postgres.client("createdb", name)
        self.use(name)
        for command in (("migrate", "--no-input", "--verbosity=0"), ("load_toolkits",), ("load_guidance",)):
            self.manage(*command)
        self.postgres.sql(ROLLOUT, database=name)

    def manage(self, *command: str) -> str:
        """Run a command of the product and return what it says. Exits where it fails."""
        done = manage(*command, **self.settings)
        if done.returncode:
            sys.exit(f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def latency(self, seconds: float) -> None:
        """Let every answer of the simulator take so much longer; each fault that was asked for is forgotten."""
        self.simulator.clear_faults()
        if seconds:
            self.simulator.fault("*", "latency", seconds=seconds, times=None)

    def gunicorn(self, *, processes: int, threads: int) -> Gunicorn:
        """Return the product under gunicorn, not started yet."""
        settings = {**self.settings, "DATABASE_POOL_SIZE": str(threads), "WEB_CONCURRENCY": str(processes)}
        return Gunicorn({**settings, "WEB_THREADS": str(threads)}, log=self.log)

    @contextmanager
    def web(self, *, processes: int, threads: int) -> Iterator[Gunicorn]:
        """Serve for as long as the block lasts."""
        server = self.gunicorn(processes=processes, threads=threads)
        try:
            self.wait_until_ready(server.start())
            yield server
        finally:
            server.close()

    def wait_until_ready(self, site: Site) -> None:
        """Return once the product is ready. Exits with the end of its log where it does not come up."""
        try:
            site.get("/health/readiness").raise_for_status()
        except requests.RequestException as fault:
            last = "\n".join(self.log.read_text().splitlines()[-20:])
            sys.exit(f"The product does not answer ({fault}):\n{last}")

    def under_way(self) -> frozenset[str]:
        """Return the ids of the bookings in the database in use that a worker takes further."""
        return frozenset(self.postgres.sql(UNDER_WAY, database=self.database).split())

    def to_withdraw(self) -> frozenset[str]:
        """Return the ids of the bookings in the database in use whose NSI is to be withdrawn."""
        return frozenset(self.postgres.sql(TO_WITHDRAW, database=self.database).split())

    def worker(self) -> Worker:
        """Return a worker, not started yet."""
        return Worker({**self.settings, "DATABASE_POOL_SIZE": "0"}, log=self.folder / "worker.log")


@contextmanager
def stack(*, dataset: str = "caseloads", durable: bool = True, **settings: str) -> Iterator[Stack]:
    """Start the servers, and stop them at the end. `settings` are the product's that differ from a deployment's.

    Without `durable` PostgreSQL does not wait for its disk, which only measuring needs.
    """
    binaries = postgres_binaries()
    if binaries is None:
        sys.exit("PostgreSQL's programs (initdb, pg_ctl) are not here: install postgresql.")
    with ExitStack() as stop:
        folder = Path(stop.enter_context(tempfile.TemporaryDirectory(prefix="rarbooking-", ignore_cleanup_errors=True)))
        cluster = folder / "cluster"
        cluster.mkdir()
        # PostgreSQL runs as a user of its own, who has to be let in.
        folder.chmod(0o755)
        postgres = Postgres(binaries, cluster, durable=durable, **DATABASE)
        postgres.start()
        stop.callback(postgres.stop)
        redis = Redis()
        redis.start()
        stop.callback(redis.stop)
        process = SimulatorProcess(database=folder / "delius.sqlite3")
        process.start()
        stop.callback(process.stop)
        simulator = Simulator(process.base_url)
        stop.callback(simulator.close)
        simulator.reset(dataset=dataset)
        yield Stack(
            folder=folder,
            postgres=postgres,
            redis=redis,
            simulator_process=process,
            simulator=simulator,
            settings={
                "ALLOWED_HOSTS": "127.0.0.1,rarbooking.example",
                "HMPPS_AUTH_URL": simulator.auth_url,
                "DELIUS_INTEGRATION_URL": simulator.delius_url,
                "HMPPS_CLIENT_SECRET": "demo-secret",
                "CACHE_URL": redis.url,
                # Everybody comes from one address, and nobody stops to think.
                **dict.fromkeys(("RATE_LIMIT_USER", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_SIGN_IN"), ""),
                "SECURE_COOKIES": "false",
                "SECURE_SSL_REDIRECT": "false",
                **settings,
            },
        )
