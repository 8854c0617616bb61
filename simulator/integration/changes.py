"""The feed for the mirror: NSIs of given types, and the appointments that hang from them, in the order they changed."""

import json
import sqlite3
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator import answers
from simulator.errors import Json, refused
from simulator.integration.service import actor, blueprint
from simulator.requests_read import LARGEST_ID, Code20, Model, read_query
from simulator.state import current
from simulator.store import row_or_none, rows

# Each part is read in the order of its index, so that a page costs the same wherever in the feed it is.
CHANGES = (
    "SELECT change_sequence AS place, 'nsi' AS kind, id FROM nsi"
    " WHERE change_sequence > ?1 AND type_code IN (SELECT value FROM json_each(?2))"
    " UNION ALL SELECT contact.change_sequence, 'appointment', contact.id FROM contact"
    " CROSS JOIN nsi ON nsi.id = contact.nsi_id CROSS JOIN contact_type ON code = contact.type_code"
    " WHERE contact.change_sequence > ?1 AND nsi.type_code IN (SELECT value FROM json_each(?2)) AND attendance"
    " UNION ALL SELECT change_sequence, 'gone', id FROM gone"
    " WHERE change_sequence > ?1 AND nsi_type_code IN (SELECT value FROM json_each(?2))"
    " ORDER BY place LIMIT ?3"
)


class ChangesAsked(Model):
    """The query of getChanges."""

    nsi_type_code: Annotated[list[Code20], Field(min_length=1, max_length=50)]
    after: Annotated[str, Field(max_length=200)] | None = None
    size: Annotated[int, Field(ge=1, le=1000)] = 500


@blueprint.get("/changes", endpoint="getChanges")
def get_changes() -> ResponseReturnValue:
    """Return a page of the feed."""
    asked = read_query(ChangesAsked)
    after = _place(asked.after)
    with current().store.reading() as connection:
        connection.execute("BEGIN")
        counter = row_or_none(connection, "SELECT value FROM change_counter")
        found = rows(connection, CHANGES, after, json.dumps(asked.nsi_type_code), asked.size + 1)
        page, more = found[: asked.size], len(found) > asked.size
        seen: dict[int, bool] = {}
        changes = [_change(connection, row, seen) for row in page]
        connection.execute("COMMIT")
    last = page[-1]["place"] if more else max(after, counter["value"] if counter else 0)
    return {"changes": changes, "next": f"{last:x}", "more": more}


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        place = int(cursor, 16)
    except ValueError:
        place = -1
    if not 0 <= place <= LARGEST_ID:
        raise refused("after", "This is no place in the feed")
    return place


def _change(connection: sqlite3.Connection, change: sqlite3.Row, seen: dict[int, bool]) -> Json:
    if change["kind"] == "gone":
        row = row_or_none(connection, "SELECT * FROM gone WHERE id = ?", change["id"])
        assert row
        item = answers.compact(nsiId=row["nsi_id"], contactId=row["contact_id"])
    elif change["kind"] == "nsi":
        row = row_or_none(connection, "SELECT * FROM described_nsi WHERE id = ?", change["id"])
        assert row
        item = answers.nsi(row)
    else:
        row = row_or_none(connection, "SELECT * FROM appointment WHERE id = ?", change["id"])
        assert row
        item = answers.appointment(row, notes=_may_read(connection, row, seen))
    return {"crn": row["crn"], "at": answers.moment(row["changed_at"]), change["kind"]: item}


def _may_read(connection: sqlite3.Connection, appointment: sqlite3.Row, seen: dict[int, bool]) -> bool:
    """Return whether the caller may read an appointment's notes, remembering whose sensitive ones they may."""
    person_id = appointment["person_id"]
    if appointment["sensitive"] and person_id not in seen:
        seen[person_id] = answers.may_read_sensitive(connection, person_id, actor().username)
    return not appointment["sensitive"] or seen[person_id]
