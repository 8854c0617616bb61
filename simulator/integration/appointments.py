"""Operations of appointments, which are contacts of an attendance type."""

import sqlite3
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database import records
from simulator.database.store import exists, insert, row_or_none, rows
from simulator.http import serializers
from simulator.http.errors import Json, bad_request, conflict, not_found
from simulator.http.request_parsing import (
    MAX_ID,
    Code10,
    Day,
    Model,
    Notes,
    OfficeCode,
    PageQuery,
    Reference,
    WallMinute,
    parse_body,
    parse_query,
    parse_reference,
)
from simulator.integration.service import accessible_person, actor, blueprint, event_of, wall_time
from simulator.rules.appointments import (
    PutAppointment,
    check_new_appointment,
    check_office,
    check_outcome,
    check_overlap,
    check_times,
    is_linked_to_rar,
    open_nsi,
)
from simulator.state import current

REQUEST_ID = "Idempotency-Key"
CONTACT = f"/cases/<crn>/contacts/<int(max={MAX_ID}):contact_id>"
RESCHEDULED_BY = {"PERSON": "RSOF", "SERVICE": "RSSR"}


class AppointmentsQuery(PageQuery):
    """The query of getAppointments."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    order: Literal["FIRST", "LAST"] = "FIRST"
    without_outcome: bool = False


class PutOutcome(Model):
    """The body of putOutcome."""

    version: int
    outcome_code: Code10
    enforcement_action_code: Code10 | None = None
    notes: Notes | None = None
    sensitive: bool = False


class Reschedule(Model):
    """The body of reschedule."""

    version: int
    external_reference: Reference
    start: WallMinute
    end: WallMinute
    office_code: OfficeCode | None = None
    requested_by: Literal["PERSON", "SERVICE"]
    reason: Notes
    allow_overlap: bool = False


@blueprint.get("/cases/<crn>/appointments", endpoint="getAppointments")
def get_appointments(crn: str) -> ResponseReturnValue:
    """Return a page of a person's appointments, by day."""
    asked = parse_query(AppointmentsQuery)
    with current().store.reading() as connection:
        person = accessible_person(connection, crn)
        found = rows(
            connection,
            "SELECT id FROM appointment WHERE person_id = ? AND NOT soft_deleted AND starts >= ? AND date(starts) <= ?"
            " AND (outcome_code IS NULL OR NOT ?) ORDER BY starts, id",
            person["id"],
            (asked.from_ or date.min).isoformat(),
            (asked.to or date.max).isoformat(),
            asked.without_outcome,
        )
        ids = [row["id"] for row in found]
        page = asked.slice(ids if asked.order == "FIRST" else ids[::-1])
        return {
            "appointments": [_response(connection, contact_id) for contact_id in page],
            **asked.totals(len(ids)),
        }


@blueprint.get("/cases/<crn>/appointments/<reference>", endpoint="getAppointmentByReference")
def get_appointment_by_reference(crn: str, reference: str) -> ResponseReturnValue:
    """Return the appointment with a reference."""
    parse_reference(reference)
    with current().store.reading() as connection:
        person = accessible_person(connection, crn)
        found = row_or_none(
            connection,
            "SELECT id FROM appointment WHERE external_reference = ? AND person_id = ? AND NOT soft_deleted",
            reference,
            person["id"],
        )
        if found is None:
            raise not_found("Appointment with reference", reference)
        return _response(connection, found["id"])


@blueprint.get(CONTACT, endpoint="getAppointment")
def get_appointment(crn: str, contact_id: int) -> ResponseReturnValue:
    """Return one appointment."""
    with current().store.reading() as connection:
        return _response(connection, _appointment(connection, crn, contact_id)["id"])


@blueprint.put("/cases/<crn>/appointments/<reference>", endpoint="putAppointment")
def put_appointment(crn: str, reference: str) -> ResponseReturnValue:
    """Create an appointment, idempotent by its reference."""
    parse_reference(reference)
    wanted = parse_body(PutAppointment)
    with current().store.writing() as connection:
        person = accessible_person(connection, crn)
        known = _by_reference(connection, reference)
        if known:
            identity = ("person_id", "event_id", "type_code", "starts", "nsi_id")
            asked = (person["id"], wanted.event_id, wanted.type_code, serializers.minute(wanted.start), wanted.nsi_id)
            if known["soft_deleted"] or tuple(known[name] for name in identity) != asked:
                raise _reference_spent()
            return _response(connection, known["id"])
        event = event_of(connection, person, wanted.event_id)
        check_new_appointment(connection, event=event, wanted=wanted, now=wall_time())
        made = records.add(
            connection,
            "contact",
            {
                "person_id": person["id"],
                "event_id": wanted.event_id,
                "requirement_id": wanted.requirement_id,
                "nsi_id": wanted.nsi_id,
                "type_code": wanted.type_code,
                "starts": serializers.minute(wanted.start),
                "ends": serializers.minute(wanted.end),
                "notes": wanted.notes,
                "sensitive": wanted.sensitive,
                "rar_activity": wanted.counts_towards_rar,
                "office_code": wanted.office_code,
                "provider_code": wanted.manager.provider_code,
                "team_code": wanted.manager.team_code,
                "staff_code": wanted.manager.staff_code,
                "external_reference": reference,
            },
            author=actor().name,
            now=wall_time(),
        )
        return _response(connection, made), 201


@blueprint.put(f"{CONTACT}/outcome", endpoint="putOutcome")
def put_outcome(crn: str, contact_id: int) -> ResponseReturnValue:
    """Record the outcome of an appointment, idempotent by the Idempotency-Key."""
    request_id = _request_id()
    given = parse_body(PutOutcome)
    with current().store.writing() as connection:
        appointment = _appointment(connection, crn, contact_id)
        repeated = "SELECT 1 FROM outcome_request WHERE contact_id = ? AND request_id = ?"
        if exists(connection, repeated, contact_id, request_id):
            return _response(connection, contact_id)
        recorded = (appointment["outcome_code"], appointment["enforcement_code"])
        same = recorded == (given.outcome_code, given.enforcement_action_code)
        if same and not given.notes and (appointment["sensitive"] or not given.sensitive):
            return _response(connection, contact_id)
        _check_version(appointment, given.version)
        outcome = check_outcome(
            connection,
            appointment,
            code=given.outcome_code,
            enforcement_code=given.enforcement_action_code,
            now=wall_time(),
        )
        counts = (appointment["rar_activity"] or is_linked_to_rar(connection, appointment)) and outcome.attended
        records.change(
            connection,
            "contact",
            contact_id,
            {
                "outcome_code": outcome.code,
                "enforcement_code": given.enforcement_action_code,
                "rar_activity": bool(counts),
                "notes": _append_notes(appointment["notes"], given.notes),
                "sensitive": bool(appointment["sensitive"] or given.sensitive),
            },
            now=wall_time(),
        )
        insert(connection, "outcome_request", {"contact_id": contact_id, "request_id": request_id})
        return _response(connection, contact_id)


@blueprint.put(f"{CONTACT}/reschedule", endpoint="reschedule")
def reschedule(crn: str, contact_id: int) -> ResponseReturnValue:
    """Close an appointment as rescheduled and create the new one, in one transaction."""
    given = parse_body(Reschedule)
    now = wall_time()
    with current().store.writing() as connection:
        old = _appointment(connection, crn, contact_id)
        known = _by_reference(connection, given.external_reference)
        if known:
            if known["soft_deleted"] or known["id"] != old["rescheduled_to"]:
                raise _reference_spent()
            return _response(connection, known["id"])
        _check_version(old, given.version)
        if old["outcome_code"] is not None:
            raise bad_request("version", "The appointment has an outcome")
        check_times(given.start, given.end, now)
        if old["nsi_id"] is not None:
            open_nsi(connection, old["nsi_id"], event_id=old["event_id"])
        check_office(connection, location=old["location"], team_code=old["team_code"], code=given.office_code)
        if not given.allow_overlap:
            check_overlap(connection, old["person_id"], given.start, given.end, besides=contact_id)
        taken_over = ("person_id", "event_id", "requirement_id", "nsi_id", "type_code", "rar_activity", "sensitive")
        held_by = ("provider_code", "team_code", "staff_code")
        made = records.add(
            connection,
            "contact",
            {
                **{name: old[name] for name in (*taken_over, *held_by)},
                "starts": serializers.minute(given.start),
                "ends": serializers.minute(given.end),
                "office_code": given.office_code,
                "external_reference": given.external_reference,
            },
            author=actor().name,
            now=now,
        )
        closed = {"outcome_code": RESCHEDULED_BY[given.requested_by], "rescheduled_to": made}
        notes = _append_notes(old["notes"], given.reason)
        records.change(connection, "contact", contact_id, {**closed, "notes": notes}, now=now)
        return _response(connection, made)


def _appointment(connection: sqlite3.Connection, crn: str, contact_id: int) -> sqlite3.Row:
    found = row_or_none(
        connection,
        "SELECT * FROM appointment WHERE id = ? AND person_id = ? AND NOT soft_deleted",
        contact_id,
        accessible_person(connection, crn)["id"],
    )
    if found is None:
        raise not_found("Appointment", contact_id)
    return found


def _by_reference(connection: sqlite3.Connection, reference: str) -> sqlite3.Row | None:
    return row_or_none(connection, "SELECT * FROM contact WHERE external_reference = ?", reference)


def _reference_spent() -> Exception:
    return conflict("REFERENCE_SPENT", "The appointment that bears the reference was deleted or is another one")


def _response(connection: sqlite3.Connection, contact_id: int) -> Json:
    row = row_or_none(connection, "SELECT * FROM appointment WHERE id = ?", contact_id)
    assert row
    notes = not row["sensitive"] or serializers.may_read_sensitive(connection, row["person_id"], actor().username)
    return serializers.appointment(row, notes=notes)


def _check_version(appointment: sqlite3.Row, version: int) -> None:
    if appointment["version"] != version:
        raise conflict("CHANGED", "The appointment has changed since it was read")


def _append_notes(notes: str | None, more: str | None) -> str | None:
    return "\n\n".join(filter(None, (notes, more))) or None


def _request_id() -> str:
    try:
        return str(UUID(request.headers.get(REQUEST_ID, "")))
    except ValueError as error:
        raise bad_request(REQUEST_ID, "The header must be a UUID", kind="uuid_parsing") from error
