"""The record as it is, for tests: rows read back, and rows put in and changed as if by hand in Delius.

No rule is applied and no system contact written. What is changed comes in the feed of changes.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import records
from simulator.clock import to_wall_time
from simulator.datasets.reference import RAR_CATEGORY
from simulator.errors import Json, not_found, refused
from simulator.integration.service import person_by_crn, wall_time
from simulator.requests_read import json_body
from simulator.state import current
from simulator.store import row_or_none, rows

blueprint = Blueprint("records", __name__)

BY_HAND = "BY.HAND"

# What the fields are called here, and in the record.
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
NOT_GIVEN = {"nsiId", "contactId", "crn", "version", "createdAt"}
CHANGEABLE_CONTACT = {"softDeleted", "start", "end", "outcome", "notes", "sensitive", "nsiId"}
CHANGEABLE_NSI = {"softDeleted", "endDate"}


@blueprint.get("/nsis")
def list_nsis() -> ResponseReturnValue:
    """Return every NSI in the record, or those of one person with ?crn=."""
    return jsonify(_read_back("nsi", NSI_FIELDS))


@blueprint.get("/contacts")
def list_contacts() -> ResponseReturnValue:
    """Return every contact in the record, or those of one person with ?crn=."""
    return jsonify(_read_back("contact", CONTACT_FIELDS))


@blueprint.post("/nsis")
def add_nsi() -> ResponseReturnValue:
    """Put an NSI into the record as it is given.

    It hangs from the person's RAR requirement in force unless `eventId` or `requirementId` (or null) says otherwise.
    """
    given, now = _given(), wall_time()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        usual = {
            **_usual_manager(connection, person),
            **_usual_links(connection, person),
            "status_code": "INPROG",
            "status_date": now.isoformat(timespec="seconds"),
            "referral_date": now.date().isoformat(),
            "active": given.get("endDate") is None,
        }
        nsi_id = _add(connection, "nsi", person, {**usual, **_columns(given, NSI_FIELDS.keys() - NOT_GIVEN)})
    return _one("nsi", NSI_FIELDS, nsi_id), 201


@blueprint.patch("/nsis/<int:nsi_id>")
def change_nsi(nsi_id: int) -> ResponseReturnValue:
    """Soft-delete an NSI or bring it back, end it or open it again: {"softDeleted": true, "endDate": day or null}."""
    columns = _columns(_given(), CHANGEABLE_NSI)
    if "end_date" in columns:
        columns["active"] = columns["end_date"] is None
    with current().store.writing() as connection:
        _there(connection, "nsi", nsi_id)
        _change(connection, "nsi", nsi_id, columns)
    return _one("nsi", NSI_FIELDS, nsi_id)


@blueprint.delete("/nsis/<int:nsi_id>")
def remove_nsi(nsi_id: int) -> ResponseReturnValue:
    """Take an NSI out of the record as if it had never been; its contacts stay and hang from nothing."""
    with current().store.writing() as connection:
        nsi = _there(connection, "nsi", nsi_id)
        for contact in rows(connection, "SELECT id FROM contact WHERE nsi_id = ?", nsi_id):
            _move(connection, contact["id"], nsi, {"nsi_id": None})
        records.note_gone(connection, nsi=nsi, now=wall_time())
        connection.execute("DELETE FROM nsi WHERE id = ?", (nsi_id,))
    return "", 204


@blueprint.post("/contacts")
def add_contact() -> ResponseReturnValue:
    """Put a contact into the record as it is given.

    It is on the event of the person's RAR requirement in force unless `eventId` (or null) says otherwise.
    """
    given = _given()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        usual = {
            **_usual_manager(connection, person),
            "event_id": _usual_links(connection, person)["event_id"],
            "type_code": "COAP",
        }
        contact_id = _add(
            connection, "contact", person, {**usual, **_columns(given, CONTACT_FIELDS.keys() - NOT_GIVEN | {"nsiId"})}
        )
    return _one("contact", CONTACT_FIELDS, contact_id), 201


@blueprint.patch("/contacts/<int:contact_id>")
def change_contact(contact_id: int) -> ResponseReturnValue:
    """Change a contact: any of softDeleted, start, end, outcome, notes, sensitive, nsiId."""
    columns = _columns(_given(), CHANGEABLE_CONTACT)
    with current().store.writing() as connection:
        contact = _there(connection, "contact", contact_id)
        nsi = row_or_none(connection, "SELECT * FROM nsi WHERE id = ?", contact["nsi_id"])
        if nsi and columns.get("nsi_id", nsi["id"]) != nsi["id"]:
            _move(connection, contact_id, nsi, columns)
        else:
            _change(connection, "contact", contact_id, columns)
    return _one("contact", CONTACT_FIELDS, contact_id)


def _given() -> dict[str, Any]:
    given = json_body()
    if not isinstance(given, dict):
        raise refused("", "An object is expected")
    return given


def _columns(given: dict[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """Return what is given as columns of the record. Raises a 400 Problem for a moment that is none."""
    names = {**NSI_FIELDS, **CONTACT_FIELDS}
    columns = {}
    for field in set(allowed) & given.keys():
        value = given[field]
        if field in TIMES and value is not None:
            try:
                value = to_wall_time(datetime.fromisoformat(value)).isoformat(timespec=TIMES[field])
            except (TypeError, ValueError) as error:
                raise refused(field, "is not a moment") from error
        columns[names[field]] = value
    return columns


def _add(connection: sqlite3.Connection, table: str, person: sqlite3.Row, columns: dict[str, Any]) -> int:
    try:
        values = {"person_id": person["id"], **columns}
        return records.add(connection, table, values, author=BY_HAND, now=wall_time())
    except sqlite3.IntegrityError as error:
        raise refused("", f"The record cannot hold this: {error}") from error


def _change(connection: sqlite3.Connection, table: str, row_id: int, columns: dict[str, Any]) -> None:
    if not columns:
        raise refused("", "Nothing that can be changed is given")
    try:
        records.change(connection, table, row_id, columns, now=wall_time())
    except sqlite3.IntegrityError as error:
        raise refused("", f"The record cannot hold this: {error}") from error


def _move(connection: sqlite3.Connection, contact_id: int, nsi: sqlite3.Row, columns: dict[str, Any]) -> None:
    """Change a contact that hangs from an NSI no longer."""
    records.note_gone(connection, nsi=nsi, contact_id=contact_id, now=wall_time())
    _change(connection, "contact", contact_id, columns)


def _there(connection: sqlite3.Connection, table: str, row_id: int) -> sqlite3.Row:
    row = row_or_none(connection, " ".join(("SELECT * FROM", table, "WHERE id = ?")), row_id)
    if row is None:
        raise not_found(table, row_id)
    return row


def _usual_links(connection: sqlite3.Connection, person: sqlite3.Row) -> dict[str, Any]:
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


def _usual_manager(connection: sqlite3.Connection, person: sqlite3.Row) -> dict[str, Any]:
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
    return [{field: _shown(field, row[column]) for field, column in fields.items()} for row in found]


def _shown(field: str, value: Any) -> Any:
    return bool(value) if field in FLAGS and value is not None else value
