"""Operations of NSIs."""

import json
import sqlite3
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database import records
from simulator.database.store import exists, row_or_none, rows
from simulator.http import serializers
from simulator.http.errors import Json, conflict, not_found
from simulator.http.request_parsing import Code20, Id, Model, parse_body, parse_query, parse_reference
from simulator.integration.service import accessible_person, actor, blueprint, event_of, today, wall_time
from simulator.rules.nsis import PutNsi, check_new_nsi
from simulator.rules.organisation import Manager
from simulator.state import current

UUID_LENGTH = 36
REFERRAL_CONTACT = "NREF"
DESCRIBED = "SELECT * FROM described_nsi WHERE id = ?"


class NsisQuery(Model):
    """The query of getNsis."""

    event_id: Id | None = None
    requirement_id: Id | None = None
    type_code: Annotated[list[Code20], Field(max_length=50)] = Field(default_factory=list)
    include_soft_deleted: bool = False


@blueprint.get("/cases/<crn>/nsis", endpoint="getNsis")
def get_nsis(crn: str) -> ResponseReturnValue:
    """Return a person's NSIs, also ended ones."""
    asked = parse_query(NsisQuery)
    with current().store.reading() as connection:
        found = rows(
            connection,
            "SELECT * FROM described_nsi WHERE person_id = ? AND (?2 IS NULL OR event_id = ?2)"
            " AND (?3 IS NULL OR requirement_id = ?3) AND (NOT soft_deleted OR ?4)"
            " AND (?5 = '[]' OR type_code IN (SELECT value FROM json_each(?5))) ORDER BY id",
            accessible_person(connection, crn)["id"],
            asked.event_id,
            asked.requirement_id,
            asked.include_soft_deleted,
            json.dumps(asked.type_code),
        )
    return {"nsis": [serializers.nsi(row) for row in found]}


@blueprint.put("/cases/<crn>/nsis/<reference>", endpoint="putNsi")
def put_nsi(crn: str, reference: str) -> ResponseReturnValue:
    """Find or create the open NSI of a type on a requirement, idempotent by its reference."""
    parse_reference(reference)
    wanted = parse_body(PutNsi)
    with current().store.writing() as connection:
        person = accessible_person(connection, crn)
        known = row_or_none(connection, "SELECT * FROM nsi WHERE external_reference = ?", reference)
        if known:
            if known["soft_deleted"] or known["person_id"] != person["id"]:
                raise conflict("REFERENCE_SPENT", "The NSI that bears the reference was deleted or is somebody else's")
            return _put_response(connection, "EXTERNAL_REFERENCE", [known["id"]]), 200
        event = event_of(connection, person, wanted.event_id)
        requirement = row_or_none(
            connection, "SELECT * FROM requirement WHERE id = ? AND NOT soft_deleted", wanted.requirement_id
        )
        if requirement is None:
            raise not_found("Requirement", wanted.requirement_id)
        there = _open_nsis(connection, event, wanted, reference[:-UUID_LENGTH])
        if there:
            return _put_response(connection, "REQUIREMENT_AND_TYPE", there), 200
        check_new_nsi(connection, event=event, requirement=requirement, wanted=wanted, today=today())
        made = _create(connection, person, wanted, reference)
        return _put_response(connection, "CREATED", [made]), 201


@blueprint.delete("/cases/<crn>/nsis/<reference>", endpoint="withdrawNsi")
def withdraw_nsi(crn: str, reference: str) -> ResponseReturnValue:
    """Soft-delete the NSI with a reference and its system contacts, unless it has other contacts."""
    parse_reference(reference)
    with current().store.writing() as connection:
        person = accessible_person(connection, crn)
        nsi = row_or_none(
            connection, "SELECT * FROM nsi WHERE external_reference = ? AND person_id = ?", reference, person["id"]
        )
        if nsi is None:
            raise not_found("NSI with reference", reference)
        if nsi["soft_deleted"]:
            return "", 204
        hanging = (
            "SELECT contact.id FROM contact JOIN contact_type ON code = type_code"
            " WHERE nsi_id = ? AND NOT soft_deleted AND system_generated = ?"
        )
        if exists(connection, hanging, nsi["id"], False):
            raise conflict("IN_USE", "Something hangs from the NSI")
        for contact in rows(connection, hanging, nsi["id"], True):
            records.change(connection, "contact", contact["id"], {"soft_deleted": True}, now=wall_time())
        records.change(connection, "nsi", nsi["id"], {"soft_deleted": True}, now=wall_time())
    return "", 204


def _open_nsis(connection: sqlite3.Connection, event: sqlite3.Row, wanted: PutNsi, namespace: str) -> list[int]:
    """Return the open NSIs of the type on the requirement, the one to use first."""
    found = rows(
        connection,
        "SELECT * FROM described_nsi WHERE event_id = ? AND requirement_id = ? AND type_code = ?"
        " AND (?4 IS NULL OR sub_type_code = ?4) AND active AND NOT soft_deleted"
        " ORDER BY substr(coalesce(external_reference, ''), 1, ?5) = ?6 DESC, appointment_count DESC,"
        " referral_date DESC, id",
        event["id"],
        wanted.requirement_id,
        wanted.type_code,
        wanted.sub_type_code,
        len(namespace),
        namespace,
    )
    return [row["id"] for row in found]


def _put_response(connection: sqlite3.Connection, matched_by: str, ids: list[int]) -> Json:
    nsi = row_or_none(connection, DESCRIBED, ids[0])
    assert nsi
    return {"nsi": serializers.nsi(nsi), "matchedBy": matched_by, "otherIds": ids[1:]}


def _create(connection: sqlite3.Connection, person: sqlite3.Row, wanted: PutNsi, reference: str) -> int:
    """Insert an NSI with the system contacts of its referral and first status; return its id."""
    now, author = wall_time(), actor().name
    holder = _columns_of(wanted.manager)
    nsi_id = records.add(
        connection,
        "nsi",
        {
            "person_id": person["id"],
            "event_id": wanted.event_id,
            "requirement_id": wanted.requirement_id,
            "type_code": wanted.type_code,
            "sub_type_code": wanted.sub_type_code,
            "status_code": wanted.status_code,
            "status_date": now.isoformat(timespec="seconds"),
            "referral_date": wanted.referral_date.isoformat(),
            "length": wanted.length,
            "notes": wanted.notes,
            "external_reference": reference,
            **holder,
        },
        author=author,
        now=now,
    )
    status = row_or_none(connection, "SELECT * FROM nsi_status WHERE code = ?", wanted.status_code)
    assert status
    for type_code, starts in (
        (REFERRAL_CONTACT, f"{wanted.referral_date.isoformat()}T00:00"),
        (status["contact_type_code"], serializers.minute(now)),
    ):
        hanging = {"person_id": person["id"], "event_id": wanted.event_id, "nsi_id": nsi_id}
        system_contact = {**hanging, "type_code": type_code, "starts": starts, **holder}
        records.add(connection, "contact", system_contact, author=author, now=now)
    return nsi_id


def _columns_of(manager: Manager) -> dict[str, str]:
    return {
        "provider_code": manager.provider_code,
        "team_code": manager.team_code,
        "staff_code": manager.staff_code,
    }
