"""Delius API: creating and patching an NSI, patching and deleting a contact."""

import sqlite3
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from delius.simulator import answers
from delius.simulator.appointments import change_contact
from delius.simulator.appointments import delete_contact as soft_delete
from delius.simulator.errors import Refusal, bad_request
from delius.simulator.json_patch import apply_patch
from delius.simulator.nsis import change_nsi
from delius.simulator.nsis import create_nsi as create
from delius.simulator.people import accessible_person
from delius.simulator.requests_read import Body, json_body, path_number
from delius.simulator.rules_appointments import (
    LONGEST_NOTES,
    LONGEST_OFFICE,
    LONGEST_OUTCOME,
    LONGEST_PROVIDER,
    LONGEST_STAFF,
    LONGEST_TEAM,
    Contact,
)
from delius.simulator.rules_nsi import Nsi, read_nsi
from delius.simulator.state import current
from delius.simulator.store import row_or_none
from delius.simulator.tokens import Actor, authenticate

blueprint = Blueprint("delius", __name__, url_prefix="/delius-api")

LONGEST_DESCRIPTION = 200
FIXED_NSI_FIELDS = ("offenderCrn", "eventId", "requirementId", "type", "subType", "referralDate", "intendedProvider")
FIXED_CONTACT_FIELDS = ("offenderCrn", "eventId", "requirementId", "nsiId", "type", "rarActivity")


@blueprint.errorhandler(Refusal)
def _refusal(refusal: Refusal) -> ResponseReturnValue:
    answer = jsonify(status=refusal.status, userMessage=refusal.reason, developerMessage=refusal.reason)
    answer.status_code = refusal.status
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@blueprint.post("/v1/nsi")
def create_nsi() -> ResponseReturnValue:
    """Create an NSI and the system contacts that go with it."""
    actor = authenticate()
    new = read_nsi(json_body())
    _check_providers(actor, new)
    with current().store.writing() as connection:
        made = create(
            connection,
            person=accessible_person(connection, new.crn, actor),
            new=new,
            author=actor.name,
            clock=current().clock,
        )
        return answers.nsi_dto(connection, made), 201


@blueprint.patch("/v1/nsi/<nsi_id>")
def patch_nsi(nsi_id: str) -> ResponseReturnValue:
    """Change what may be changed of an NSI."""
    actor = authenticate()
    patch = json_body()
    with current().store.writing() as connection:
        existing = _not_deleted(connection, "nsi", path_number("id", nsi_id))
        _check_access(connection, existing, actor)
        before = answers.nsi_dto(connection, existing)
        after = apply_patch(before, patch)
        _check_fixed(before, after, FIXED_NSI_FIELDS)
        changed = read_nsi(after)
        _check_providers(actor, changed)
        row = change_nsi(connection, existing=existing, changed=changed, author=actor.name, clock=current().clock)
        return answers.nsi_dto(connection, row)


@blueprint.patch("/v1/contact/<contact_id>")
def patch_contact(contact_id: str) -> ResponseReturnValue:
    """Change what may be changed of a contact."""
    actor = authenticate()
    patch = json_body()
    with current().store.writing() as connection:
        existing = _not_deleted(connection, "contact", path_number("id", contact_id))
        person = _check_access(connection, existing, actor)
        before = answers.contact_dto(connection, existing)
        after = apply_patch(before, patch)
        _check_fixed(before, after, FIXED_CONTACT_FIELDS)
        body = Body(after)
        changed = _read_contact(body, existing)
        description = body.text("description", longest=LONGEST_DESCRIPTION)
        alert = bool(body.boolean("alert"))
        body.refuse_if_unsound()
        actor.must_have(f"PROVIDER_{existing['provider_code']}", f"PROVIDER_{changed.provider_code}")
        row = change_contact(
            connection,
            person=person,
            contact_id=existing["id"],
            changed=changed,
            description=description,
            alert=alert,
            clock=current().clock,
        )
        return answers.contact_dto(connection, row)


@blueprint.delete("/v1/contact/<contact_id>")
def delete_contact(contact_id: str) -> ResponseReturnValue:
    """Delete a contact: the record keeps it, marked as deleted."""
    actor = authenticate()
    with current().store.writing() as connection:
        existing = _not_deleted(connection, "contact", path_number("id", contact_id))
        _check_access(connection, existing, actor)
        actor.must_have(f"PROVIDER_{existing['provider_code']}")
        soft_delete(connection, existing["id"])
    return "", 200


def _check_providers(actor: Actor, nsi: Nsi) -> None:
    actor.must_have(f"PROVIDER_{nsi.intended_provider_code}", f"PROVIDER_{nsi.manager_provider_code}")


def _check_access(connection: sqlite3.Connection, row: sqlite3.Row, actor: Actor) -> sqlite3.Row:
    crn = answers.find(connection, "person", "id", row["person_id"])["crn"]
    return accessible_person(connection, crn, actor)


def _not_deleted(connection: sqlite3.Connection, table: str, row_id: int) -> sqlite3.Row:
    row = row_or_none(connection, " ".join(("SELECT * FROM", table, "WHERE id = ? AND NOT soft_deleted")), row_id)
    if row is None:
        raise Refusal(404, f"No {table} exists with id {row_id}")
    return row


def _check_fixed(before: dict[str, Any], after: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if before.get(name) != after.get(name):
            raise bad_request(f"{name} cannot be changed")


def _read_contact(body: Body, existing: sqlite3.Row) -> Contact:
    day = body.date("date", required=True) or date.max
    return Contact(
        type_code=existing["type_code"],
        starts=datetime.combine(day, body.time_of_day("startTime", required=True) or time()),
        ends=datetime.combine(day, ends) if (ends := body.time_of_day("endTime")) else None,
        notes=body.text("notes", longest=LONGEST_NOTES),
        sensitive=bool(body.boolean("sensitive")),
        provider_code=body.text("provider", longest=LONGEST_PROVIDER, required=True) or "",
        team_code=body.text("team", longest=LONGEST_TEAM, required=True) or "",
        staff_code=body.text("staff", longest=LONGEST_STAFF, required=True) or "",
        office_code=body.text("officeLocation", longest=LONGEST_OFFICE),
        event_id=existing["event_id"],
        requirement_id=existing["requirement_id"],
        nsi_id=existing["nsi_id"],
        rar_activity=answers.flag(existing["rar_activity"]),
        outcome_code=body.text("outcome", longest=LONGEST_OUTCOME),
        enforcement=body.text("enforcement", longest=LONGEST_OUTCOME),
    )
