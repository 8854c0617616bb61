"""The record as it is, for tests: every column read back, and rows put in by hand."""

import sqlite3
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from delius.simulator.answers import flag
from delius.simulator.clock import to_wall_time
from delius.simulator.datasets.reference import RAR_CATEGORY
from delius.simulator.errors import Refusal, bad_request
from delius.simulator.people import person_by_crn
from delius.simulator.requests_read import Body, json_body
from delius.simulator.state import current
from delius.simulator.store import insert, row_or_none, rows

blueprint = Blueprint("records", __name__)

BY_HAND = "BY.HAND"

NSIS = (
    "SELECT nsi.*, crn, team_code, staff_code, provider_code FROM nsi JOIN person ON person_id = person.id"
    " LEFT JOIN nsi_manager ON nsi_id = nsi.id AND nsi_manager.end_date IS NULL"
    " WHERE crn = ? OR ? IS NULL ORDER BY nsi.id"
)
CONTACTS = (
    "SELECT contact.*, crn FROM contact JOIN person ON person_id = person.id"
    " WHERE crn = ? OR ? IS NULL ORDER BY contact.id"
)


@blueprint.get("/nsis")
def list_nsis() -> ResponseReturnValue:
    """Return every NSI in the record, or those of one person with ?crn=."""
    with current().store.reading() as connection:
        return jsonify(_nsis(connection, request.args.get("crn")))


@blueprint.get("/contacts")
def list_contacts() -> ResponseReturnValue:
    """Return every contact in the record, or those of one person with ?crn=."""
    with current().store.reading() as connection:
        return jsonify(_contacts(connection, request.args.get("crn")))


@blueprint.post("/nsis")
def add_nsi() -> ResponseReturnValue:
    """Put an NSI into the record as it is given, as if by hand in Delius: no rule is applied and no contact written.

    It hangs from the person's active RAR requirement unless `eventId` or `requirementId` (or null) says otherwise.
    """
    given = json_body()
    status_date = _wall_time(given, "statusDate")
    now = current().clock.wall_time()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        usual = _usual_links(connection, person)
        manager = _manager(connection, person, given)
        nsi_id = _insert(
            connection,
            "nsi",
            {
                "person_id": person["id"],
                "event_id": given.get("eventId", usual["event_id"]),
                "requirement_id": given.get("requirementId", usual["requirement_id"]),
                "type_code": given.get("type"),
                "sub_type_code": given.get("subType"),
                "status_code": given.get("status", "INPROG"),
                "status_date": status_date or now.isoformat(timespec="seconds"),
                "referral_date": given.get("referralDate", now.date().isoformat()),
                "expected_start_date": given.get("expectedStartDate"),
                "expected_end_date": given.get("expectedEndDate"),
                "start_date": given.get("startDate"),
                "end_date": given.get("endDate"),
                "outcome_code": given.get("outcome"),
                "length": given.get("length"),
                "notes": given.get("notes"),
                "intended_provider_code": given.get("intendedProvider", manager["provider_code"]),
                "external_reference": given.get("externalReference"),
                "active": given.get("active", given.get("endDate") is None),
                "soft_deleted": given.get("softDeleted", False),
                "created_by": given.get("createdBy", BY_HAND),
                "created_at": now.isoformat(timespec="seconds"),
            },
        )
        _insert(connection, "nsi_manager", {"nsi_id": nsi_id, "start_date": now.date().isoformat(), **manager})
        added = [row for row in _nsis(connection, person["crn"]) if row["nsiId"] == nsi_id]
    return added[0], 201


@blueprint.patch("/nsis/<int:nsi_id>")
def change_nsi(nsi_id: int) -> ResponseReturnValue:
    """Soft-delete an NSI, or bring it back, as if by hand in Delius: {"softDeleted": true or false}."""
    body = Body(json_body())
    soft_deleted = body.boolean("softDeleted")
    body.refuse_if_unsound()
    if soft_deleted is None:
        raise bad_request("softDeleted is required")
    with current().store.writing() as connection:
        changed = connection.execute("UPDATE nsi SET soft_deleted = ? WHERE id = ?", (soft_deleted, nsi_id)).rowcount
    if not changed:
        raise _no_nsi(nsi_id)
    return {"nsiId": nsi_id, "softDeleted": soft_deleted}


@blueprint.delete("/nsis/<int:nsi_id>")
def remove_nsi(nsi_id: int) -> ResponseReturnValue:
    """Take an NSI out of the record as if it had never been; its contacts stay and hang from nothing."""
    with current().store.writing() as connection:
        connection.execute("UPDATE contact SET nsi_id = NULL WHERE nsi_id = ?", (nsi_id,))
        connection.execute("DELETE FROM nsi_manager WHERE nsi_id = ?", (nsi_id,))
        removed = connection.execute("DELETE FROM nsi WHERE id = ?", (nsi_id,)).rowcount
    if not removed:
        raise _no_nsi(nsi_id)
    return "", 204


@blueprint.post("/contacts")
def add_contact() -> ResponseReturnValue:
    """Put a contact into the record as it is given, as if by hand in Delius: no rule is applied.

    It is on the event of the person's active RAR requirement unless `eventId` (or null) says otherwise.
    """
    given = json_body()
    starts, ends = _wall_time(given, "start"), _wall_time(given, "end")
    now = current().clock.wall_time()
    with current().store.writing() as connection:
        person = person_by_crn(connection, str(given.get("crn")))
        contact_id = _insert(
            connection,
            "contact",
            {
                "person_id": person["id"],
                "event_id": given.get("eventId", _usual_links(connection, person)["event_id"]),
                "requirement_id": given.get("requirementId"),
                "nsi_id": given.get("nsiId"),
                "type_code": given.get("type", "COAP"),
                "starts": starts[:16] if starts else None,
                "ends": ends[:16] if ends else None,
                "notes": given.get("notes"),
                "sensitive": given.get("sensitive", False),
                "rar_activity": given.get("rarActivity"),
                "rar_category": given.get("rarCategory"),
                "rar_category_description": given.get("rarCategoryDescription"),
                "rar_sub_category": given.get("rarSubCategory"),
                "rar_sub_category_description": given.get("rarSubCategoryDescription"),
                "office_code": given.get("officeLocationCode"),
                "outcome_code": given.get("outcome"),
                "soft_deleted": given.get("softDeleted", False),
                "created_by": given.get("createdBy", BY_HAND),
                "created_at": now.isoformat(timespec="seconds"),
                **_manager(connection, person, given),
            },
        )
        added = [row for row in _contacts(connection, person["crn"]) if row["contactId"] == contact_id]
    return added[0], 201


def _no_nsi(nsi_id: int) -> Refusal:
    return Refusal(404, f"NSI with id {nsi_id} not found")


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
    try:
        return insert(connection, table, values)
    except sqlite3.IntegrityError as error:
        raise bad_request(f"The record cannot hold this: {error}") from error


def _wall_time(given: Any, name: str) -> str | None:
    body = Body(given)
    moment = body.date_time(name)
    body.refuse_if_unsound()
    return to_wall_time(moment).isoformat(timespec="seconds") if moment else None


def _usual_links(connection: sqlite3.Connection, person: sqlite3.Row) -> dict[str, Any]:
    row = row_or_none(
        connection,
        "SELECT event_id, requirement.id AS requirement_id FROM requirement JOIN event ON event_id = event.id"
        " WHERE person_id = ? AND category_code = ? AND requirement.active AND NOT requirement.soft_deleted"
        " ORDER BY requirement.id",
        person["id"],
        RAR_CATEGORY,
    )
    return dict(row) if row else {"event_id": None, "requirement_id": None}


def _manager(connection: sqlite3.Connection, person: sqlite3.Row, given: dict[str, Any]) -> dict[str, Any]:
    row = row_or_none(
        connection,
        "SELECT staff.code AS staff, team.code AS team, provider.code AS provider FROM manager"
        " JOIN staff ON staff_id = staff.id JOIN team ON team_id = team.id"
        " JOIN provider ON team.provider_id = provider.id WHERE person_id = ? AND manager.active",
        person["id"],
    )
    usual = dict(row) if row else {}
    return {f"{name}_code": given.get(name, usual.get(name)) for name in ("provider", "team", "staff")}


def _nsis(connection: sqlite3.Connection, crn: str | None) -> list[dict[str, Any]]:
    return [
        {
            "nsiId": row["id"],
            "crn": row["crn"],
            "eventId": row["event_id"],
            "requirementId": row["requirement_id"],
            "type": row["type_code"],
            "subType": row["sub_type_code"],
            "status": row["status_code"],
            "statusDate": row["status_date"],
            "referralDate": row["referral_date"],
            "expectedStartDate": row["expected_start_date"],
            "expectedEndDate": row["expected_end_date"],
            "startDate": row["start_date"],
            "endDate": row["end_date"],
            "outcome": row["outcome_code"],
            "length": row["length"],
            "notes": row["notes"],
            "intendedProvider": row["intended_provider_code"],
            "provider": row["provider_code"],
            "team": row["team_code"],
            "staff": row["staff_code"],
            "externalReference": row["external_reference"],
            "active": bool(row["active"]),
            "softDeleted": bool(row["soft_deleted"]),
            "createdBy": row["created_by"],
            "createdAt": row["created_at"],
        }
        for row in rows(connection, NSIS, crn, crn)
    ]


def _contacts(connection: sqlite3.Connection, crn: str | None) -> list[dict[str, Any]]:
    return [
        {
            "contactId": row["id"],
            "crn": row["crn"],
            "eventId": row["event_id"],
            "requirementId": row["requirement_id"],
            "nsiId": row["nsi_id"],
            "type": row["type_code"],
            "start": row["starts"],
            "end": row["ends"],
            "description": row["description"],
            "notes": row["notes"],
            "alert": bool(row["alert"]),
            "sensitive": bool(row["sensitive"]),
            "rarActivity": flag(row["rar_activity"]),
            "rarCategory": row["rar_category"],
            "rarSubCategory": row["rar_sub_category"],
            "officeLocationCode": row["office_code"],
            "provider": row["provider_code"],
            "team": row["team_code"],
            "staff": row["staff_code"],
            "outcome": row["outcome_code"],
            "enforcement": row["enforcement"],
            "softDeleted": bool(row["soft_deleted"]),
            "createdBy": row["created_by"],
            "createdAt": row["created_at"],
        }
        for row in rows(connection, CONTACTS, crn, crn)
    ]
