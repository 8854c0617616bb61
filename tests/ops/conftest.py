"""Servers and databases that several tests use: each is made once a test process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.servers import Postgres, manage, postgres_binaries
from tests.ops.live import fill


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server with the database `postgres` migrated. A test that stops it starts it again."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's programs are not here")
    # Not below pytest's own folder, which is closed to the user that PostgreSQL runs as.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Postgres(binaries, Path(folder))
        server.start()
        migrated = manage("migrate", "--no-input", "--verbosity=0", DATABASE_URL=server.url)
        assert migrated.returncode == 0, migrated.stderr
        yield server
        server.stop()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite, migrated and with the toolkits and the demo's rollout: to copy, or to read."""
    path = tmp_path_factory.mktemp("filled") / "rarbooking.sqlite3"
    fill(path)
    return path


@pytest.fixture(scope="session")
def sqlite_url(filled: Path) -> str:
    """Where the product finds a database that no test writes to."""
    return f"sqlite:///{filled}"
