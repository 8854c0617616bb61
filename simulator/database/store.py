"""The simulator's database: a SQLite file with serialised writes."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator.database.signing_key import new_signing_key

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 2
APPLICATION_ID = 0x44534D31
PRESERVED_TABLES = {"signing_key", "change_counter"}
BUSY_SECONDS = 20


class IncompatibleDatabaseError(Exception):
    """The file is not a database of this version of the simulator."""


class Store:
    """Connection pool and schema of the database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()

    def prepare(self, *, keep: bool) -> bool:
        """Create or open the database; return whether it has no records.

        With `keep`, existing records stay. Raises IncompatibleDatabaseError for another version, or for a file that is
        not the simulator's.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        version = self._version()
        if version and not keep:
            self._delete()
        elif version and version != SCHEMA_VERSION:
            raise IncompatibleDatabaseError(f"{self.path} was made by another version: start without --keep.")
        with self.reading() as connection:
            if not (version and keep):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(SCHEMA.read_text())
                connection.execute("INSERT INTO signing_key (jwk) VALUES (?)", (new_signing_key(),))
                connection.execute("INSERT INTO change_counter (value) VALUES (0)")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            return not exists(connection, "SELECT 1 FROM provider")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for exclusive use; an open transaction is rolled back."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.rollback()
            self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in an immediate (exclusive) write transaction, committed unless an exception is raised."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    def _version(self) -> int:
        """Return the schema version of the file, 0 for a new one."""
        if not self.path.exists() or not self.path.stat().st_size:
            return 0
        try:
            with self.reading() as connection:
                application = connection.execute("PRAGMA application_id").fetchone()[0]
                version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError:
            application = None
        if application != APPLICATION_ID:
            raise IncompatibleDatabaseError(f"{self.path} is not the simulator's: name another file.")
        return version

    def _delete(self) -> None:
        while self._idle:
            self._idle.pop().close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def clear(connection: sqlite3.Connection) -> None:
    """Delete all records but the signing key and the change counter, so that tokens and feed cursors stay valid."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for table in {row["name"] for row in tables} - PRESERVED_TABLES:
        connection.execute(" ".join(("DELETE FROM", table)))


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    """Insert a row and return its row id. Column names must be trusted."""
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    statement = " ".join(("INSERT INTO", table, "(", names, ") VALUES (", marks, ")"))
    cursor = connection.execute(statement, tuple(values.values()))
    return int(cursor.lastrowid or 0)


def row_or_none(connection: sqlite3.Connection, sql: str, *parameters: object) -> sqlite3.Row | None:
    """Return the first row of a query, or None."""
    row: sqlite3.Row | None = connection.execute(sql, parameters).fetchone()
    return row


def rows(connection: sqlite3.Connection, sql: str, *parameters: object) -> list[sqlite3.Row]:
    """Return every row of a query."""
    return connection.execute(sql, parameters).fetchall()


def exists(connection: sqlite3.Connection, sql: str, *parameters: object) -> bool:
    """Return whether a query has a row."""
    return connection.execute(sql, parameters).fetchone() is not None
