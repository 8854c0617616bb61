"""The change feed: NSIs of given types, their appointments, and tombstones, in order of change."""

import json
import sqlite3
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database.store import row_or_none, rows
from simulator.http import serializers
from simulator.http.errors import Json, bad_request
from simulator.http.request_parsing import MAX_ID, Code20, Model, parse_query
from simulator.integration.service import actor, blueprint
from simulator.state import current

# Each part is read in the order of its index, so that the cost of a page does not depend on its position.
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


class ChangesQuery(Model):
    """The query of getChanges."""

    nsi_type_code: Annotated[list[Code20], Field(min_length=1, max_length=50)]
    after: Annotated[str, Field(max_length=200)] | None = None
    size: Annotated[int, Field(ge=1, le=1000)] = 500


@blueprint.get("/changes", endpoint="getChanges")
def get_changes() -> ResponseReturnValue:
    """Return a page of the change feed, with the next cursor."""
    asked = parse_query(ChangesQuery)
    after = _position(asked.after)
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


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        place = int(cursor, 16)
    except ValueError:
        place = -1
    if not 0 <= place <= MAX_ID:
        raise bad_request("after", "This is no place in the feed")
    return place


def _change(connection: sqlite3.Connection, change: sqlite3.Row, seen: dict[int, bool]) -> Json:
    if change["kind"] == "gone":
        row = row_or_none(connection, "SELECT * FROM gone WHERE id = ?", change["id"])
        assert row
        item = serializers.compact(nsiId=row["nsi_id"], contactId=row["contact_id"])
    elif change["kind"] == "nsi":
        row = row_or_none(connection, "SELECT * FROM described_nsi WHERE id = ?", change["id"])
        assert row
        item = serializers.nsi(row)
    else:
        row = row_or_none(connection, "SELECT * FROM appointment WHERE id = ?", change["id"])
        assert row
        item = serializers.appointment(row, notes=_may_read(connection, row, seen))
    return {"crn": row["crn"], "at": serializers.moment(row["changed_at"]), change["kind"]: item}


def _may_read(connection: sqlite3.Connection, appointment: sqlite3.Row, seen: dict[int, bool]) -> bool:
    """Return whether the caller may read an appointment's notes; `seen` memoises this by person."""
    person_id = appointment["person_id"]
    if appointment["sensitive"] and person_id not in seen:
        seen[person_id] = serializers.may_read_sensitive(connection, person_id, actor().username)
    return not appointment["sensitive"] or seen[person_id]
