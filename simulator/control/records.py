"""Control API of NSIs and contacts: reading rows, and changing them as if by hand in Delius.

No rule is checked and no system contact written. Changes appear in the change feed.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from simulator.database import records
from simulator.database.store import row_or_none, rows
from simulator.datasets.reference import RAR_CATEGORY
from simulator.http.errors import Json, bad_request, not_found
from simulator.http.request_parsing import json_body
from simulator.integration.service import person_by_crn, wall_time
from simulator.state import current
from simulator.state.clock import to_wall_time

blueprint = Blueprint("records", __name__)

BY_HAND = "BY.HAND"

# Names of fields in JSON, and of columns.
NSI_FIELDS = {
    "nsiId": "id",
    "crn": "crn",
    "eventId": "event_id",
    "requirementId": "requirement_id",
    "type": "type_code",
    "subType": "sub_type_code",
    "status": "status_code",
    "statusDate": "status_date",
    "referralDate": "referral_date",
    "startDate": "start_date",
    "endDate": "end_date",
    "length": "length",
    "notes": "notes",
    "provider": "provider_code",
    "team": "team_code",
    "staff": "staff_code",
    "externalReference": "external_reference",
    "active": "active",
    "softDeleted": "soft_deleted",
    "createdBy": "created_by",
    "createdAt": "created_at",
}
CONTACT_FIELDS = {
    "contactId": "id",
    "crn": "crn",
    "eventId": "event_id",
    "requirementId": "requirement_id",
    "nsiId": "nsi_id",
    "type": "type_code",
    "start": "starts",
    "end": "ends",
    "notes": "notes",
    "sensitive": "sensitive",
    "rarActivity": "rar_activity",
    "rarCategory": "rar_category",
    "rarCategoryDescription": "rar_category_description",
    "rarSubCategory": "rar_sub_category",
    "rarSubCategoryDescription": "rar_sub_category_description",
    "officeLocationCode": "office_code",
    "provider": "provider_code",
    "team": "team_code",
    "staff": "staff_code",
    "outcome": "outcome_code",
    "enforcement": "enforcement_code",
    "rescheduledTo": "rescheduled_to",
    "externalReference": "external_reference",
    "version": "version",
    "softDeleted": "soft_deleted",
    "createdBy": "created_by",
    "createdAt": "created_at",
}
FLAGS = {"active", "sensitive", "rarActivity", "softDeleted"}
TIMES = {"start": "minutes", "end": "minutes", "statusDate": "seconds"}
READ_ONLY_FIELDS = {"nsiId", "contactId", "crn", "version", "createdAt"}
CHANGEABLE_CONTACT = {"softDeleted", "start", "end", "outcome", "notes", "sensitive", "nsiId"}
CHANGEABLE_NSI = {"softDeleted", "endDate"}


@blueprint.get("/nsis")
def list_nsis() -> ResponseReturnValue:
    """Return all NSIs, or those of one person with ?crn=."""
    return jsonify(_read_back("nsi", NSI_FIELDS))


@blueprint.get("/contacts")
def list_contacts() -> ResponseReturnValue:
    """Return all contacts, or those of one person with ?crn=."""
    return jsonify(_read_back("contact", CONTACT_FIELDS))


@blueprint.post("/nsis")
def add_nsi() -> ResponseReturnValue:
    """Insert an NSI.

    It is on the person's RAR requirement in force unless `eventId` or `requirementId` (or null) is given.
    """
    given, now = _json_object(), wall_time()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        defaults = {
            **_default_manager(connection, person),
            **_default_links(connection, person),
            "status_code": "INPROG",
            "status_date": now.isoformat(timespec="seconds"),
            "referral_date": now.date().isoformat(),
            "active": given.get("endDate") is None,
        }
        nsi_id = _add(connection, "nsi", person, {**defaults, **_columns(given, NSI_FIELDS.keys() - READ_ONLY_FIELDS)})
    return _one("nsi", NSI_FIELDS, nsi_id), 201


@blueprint.patch("/nsis/<int:nsi_id>")
def change_nsi(nsi_id: int) -> ResponseReturnValue:
    """Soft-delete or undelete an NSI, end or reopen it: {"softDeleted": true, "endDate": day or null}."""
    columns = _columns(_json_object(), CHANGEABLE_NSI)
    if "end_date" in columns:
        columns["active"] = columns["end_date"] is None
    with current().store.writing() as connection:
        _row_or_404(connection, "nsi", nsi_id)
        _change(connection, "nsi", nsi_id, columns)
    return _one("nsi", NSI_FIELDS, nsi_id)


@blueprint.delete("/nsis/<int:nsi_id>")
def remove_nsi(nsi_id: int) -> ResponseReturnValue:
    """Hard-delete an NSI; its contacts stay, without an NSI."""
    with current().store.writing() as connection:
        nsi = _row_or_404(connection, "nsi", nsi_id)
        for contact in rows(connection, "SELECT id FROM contact WHERE nsi_id = ?", nsi_id):
            _unlink(connection, contact["id"], nsi, {"nsi_id": None})
        records.add_tombstone(connection, nsi=nsi, now=wall_time())
        connection.execute("DELETE FROM nsi WHERE id = ?", (nsi_id,))
    return "", 204


@blueprint.post("/contacts")
def add_contact() -> ResponseReturnValue:
    """Insert a contact.

    It is on the event of the person's RAR requirement in force unless `eventId` (or null) is given.
    """
    given = _json_object()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        defaults = {
            **_default_manager(connection, person),
            "event_id": _default_links(connection, person)["event_id"],
            "type_code": "COAP",
        }
        contact_id = _add(
            connection,
            "contact",
            person,
            {**defaults, **_columns(given, CONTACT_FIELDS.keys() - READ_ONLY_FIELDS | {"nsiId"})},
        )
    return _one("contact", CONTACT_FIELDS, contact_id), 201


@blueprint.patch("/contacts/<int:contact_id>")
def change_contact(contact_id: int) -> ResponseReturnValue:
    """Change a contact: any of softDeleted, start, end, outcome, notes, sensitive, nsiId."""
    columns = _columns(_json_object(), CHANGEABLE_CONTACT)
    with current().store.writing() as connection:
        contact = _row_or_404(connection, "contact", contact_id)
        nsi = row_or_none(connection, "SELECT * FROM nsi WHERE id = ?", contact["nsi_id"])
        if nsi and columns.get("nsi_id", nsi["id"]) != nsi["id"]:
            _unlink(connection, contact_id, nsi, columns)
        else:
            _change(connection, "contact", contact_id, columns)
    return _one("contact", CONTACT_FIELDS, contact_id)


def _json_object() -> dict[str, Any]:
    given = json_body()
    if not isinstance(given, dict):
        raise bad_request("", "An object is expected")
    return given


def _columns(given: dict[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """Return JSON fields as columns. Raises a 400 Problem for an invalid time."""
    names = {**NSI_FIELDS, **CONTACT_FIELDS}
    columns = {}
    for field in set(allowed) & given.keys():
        value = given[field]
        if field in TIMES and value is not None:
            try:
                value = to_wall_time(datetime.fromisoformat(value)).isoformat(timespec=TIMES[field])
            except (TypeError, ValueError) as error:
                raise bad_request(field, "is not a moment") from error
        columns[names[field]] = value
    return columns


def _add(connection: sqlite3.Connection, table: str, person: sqlite3.Row, columns: dict[str, Any]) -> int:
    try:
        values = {"person_id": person["id"], **columns}
        return records.add(connection, table, values, author=BY_HAND, now=wall_time())
    except sqlite3.IntegrityError as error:
        raise bad_request("", f"The record cannot hold this: {error}") from error


def _change(connection: sqlite3.Connection, table: str, row_id: int, columns: dict[str, Any]) -> None:
    if not columns:
        raise bad_request("", "Nothing that can be changed is given")
    try:
        records.change(connection, table, row_id, columns, now=wall_time())
    except sqlite3.IntegrityError as error:
        raise bad_request("", f"The record cannot hold this: {error}") from error


def _unlink(connection: sqlite3.Connection, contact_id: int, nsi: sqlite3.Row, columns: dict[str, Any]) -> None:
    """Change a contact that is no longer linked to an NSI."""
    records.add_tombstone(connection, nsi=nsi, contact_id=contact_id, now=wall_time())
    _change(connection, "contact", contact_id, columns)


def _row_or_404(connection: sqlite3.Connection, table: str, row_id: int) -> sqlite3.Row:
    row = row_or_none(connection, " ".join(("SELECT * FROM", table, "WHERE id = ?")), row_id)
    if row is None:
        raise not_found(table, row_id)
    return row


def _default_links(connection: sqlite3.Connection, person: sqlite3.Row) -> dict[str, Any]:
    row = row_or_none(
        connection,
        "SELECT event_id, requirement.id AS requirement_id FROM requirement JOIN event ON event_id = event.id"
        " WHERE person_id = ? AND category_code = ? AND NOT soft_deleted"
        " AND (termination_date IS NULL OR termination_date > ?) ORDER BY requirement.id",
        person["id"],
        RAR_CATEGORY,
        wall_time().date().isoformat(),
    )
    return dict(row) if row else {"event_id": None, "requirement_id": None}


def _default_manager(connection: sqlite3.Connection, person: sqlite3.Row) -> dict[str, Any]:
    row = row_or_none(
        connection,
        "SELECT provider.code AS provider_code, team.code AS team_code, staff.code AS staff_code FROM manager"
        " JOIN staff ON staff_id = staff.id JOIN team ON team_id = team.id"
        " JOIN provider ON team.provider_id = provider.id WHERE person_id = ? AND manager.active",
        person["id"],
    )
    return dict(row) if row else {}


def _one(table: str, fields: dict[str, str], row_id: int) -> Json:
    [found] = _read_back(table, fields, row_id)
    return found


def _read_back(table: str, fields: dict[str, str], row_id: int | None = None) -> list[Json]:
    """Return the rows of a table: one, those of the person in the query, or all."""
    query = (
        *("SELECT record.*, crn FROM", table, "AS record JOIN person ON person_id = person.id"),
        "WHERE (?1 IS NULL OR crn = ?1) AND (?2 IS NULL OR record.id = ?2) ORDER BY record.id",
    )
    with current().store.reading() as connection:
        found = rows(connection, " ".join(query), request.args.get("crn"), row_id)
    return [{field: _field_value(field, row[column]) for field, column in fields.items()} for row in found]


def _field_value(field: str, value: Any) -> Any:
    return bool(value) if field in FLAGS and value is not None else value
