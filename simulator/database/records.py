"""Writes of NSIs and contacts, each with the next sequence number of the change feed."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.database.store import insert, row_or_none


def next_change(connection: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """Return the columns of a change: its wall time, and its sequence number in the change feed."""
    counter = row_or_none(connection, "UPDATE change_counter SET value = value + 1 RETURNING value")
    assert counter
    return {"changed_at": now.isoformat(timespec="seconds"), "change_sequence": counter["value"]}


def add(connection: sqlite3.Connection, table: str, values: Mapping[str, Any], *, author: str, now: datetime) -> int:
    """Insert an NSI or contact (`table`) with its author and wall time, and return its id."""
    made = {"created_by": author, "created_at": now.isoformat(timespec="seconds")}
    return insert(connection, table, {**made, **values, **next_change(connection, now)})


def change(
    connection: sqlite3.Connection, table: str, row_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Update an NSI or contact at a wall time; the version of a contact is incremented."""
    columns = {**values, **next_change(connection, now)}
    assignments = [f"{name} = ?" for name in columns] + ["version = version + 1"] * (table == "contact")
    statement = " ".join(("UPDATE", table, "SET", ", ".join(assignments), "WHERE id = ?"))
    connection.execute(statement, (*columns.values(), row_id))


def add_tombstone(
    connection: sqlite3.Connection,
    *,
    nsi: sqlite3.Row,
    now: datetime,
    contact_id: int | None = None,
) -> None:
    """Add a tombstone to the change feed for a deleted NSI, or for a contact no longer linked to the NSI."""
    crn = row_or_none(connection, "SELECT crn FROM person WHERE id = ?", nsi["person_id"])
    assert crn
    gone = {"contact_id": contact_id} if contact_id else {"nsi_id": nsi["id"]}
    insert(
        connection,
        "gone",
        {"nsi_type_code": nsi["type_code"], "crn": crn["crn"], **gone, **next_change(connection, now)},
    )
