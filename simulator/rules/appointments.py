"""Rules for new appointments, rescheduling and outcomes."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from simulator.database.store import exists, row_or_none, rows
from simulator.datasets.reference import NOT_ALLOWED, RAR_CATEGORY, REQUIRED
from simulator.http.errors import bad_request, conflict, not_found
from simulator.http.request_parsing import Code10, Id, Model, Notes, OfficeCode, WallMinute
from simulator.http.serializers import coded, minute, moment
from simulator.rules.organisation import Manager, check_manager
from simulator.rules.rar_days import in_force


class PutAppointment(Model):
    """The body of putAppointment."""

    event_id: Id
    nsi_id: Id | None = None
    requirement_id: Id | None = None
    counts_towards_rar: bool
    type_code: Code10
    start: WallMinute
    end: WallMinute
    manager: Manager
    office_code: OfficeCode | None = None
    notes: Notes | None = None
    sensitive: bool = False
    allow_overlap: bool = False


@dataclass(frozen=True)
class Outcome:
    """An outcome, with the descriptions of its enforcement actions by code."""

    code: str
    description: str
    attended: bool
    complied: bool
    actions: dict[str, str]


def check_new_appointment(
    connection: sqlite3.Connection, *, event: sqlite3.Row, wanted: PutAppointment, now: datetime
) -> None:
    """Validate a new appointment. Raises a Problem: 400, 404, or 409 NSI_CLOSED or OVERLAP."""
    kind = row_or_none(connection, "SELECT * FROM contact_type WHERE code = ? AND attendance", wanted.type_code)
    if kind is None:
        raise bad_request("typeCode", f"{wanted.type_code} is not a type of appointment")
    if kind["for_person_only"]:
        raise bad_request("typeCode", f"{wanted.type_code} does not hang from an event")
    check_times(wanted.start, wanted.end, now)
    requirement = _check_parent(connection, event, kind, wanted)
    counts = (
        requirement is not None
        and requirement["category_code"] == RAR_CATEGORY
        and in_force(requirement, wanted.start.date())
    )
    if wanted.counts_towards_rar != counts:
        demand = "demanded" if counts else "only"
        raise bad_request("countsTowardsRar", f"True is {demand} for appointments of a RAR requirement in force")
    check_manager(connection, wanted.manager)
    check_office(connection, location=kind["location"], team_code=wanted.manager.team_code, code=wanted.office_code)
    if not wanted.allow_overlap:
        check_overlap(connection, event["person_id"], wanted.start, wanted.end)


def check_times(start: datetime, end: datetime, now: datetime) -> None:
    """Raise a 400 Problem unless the end is after the start on the same day, and the start is not in the past."""
    if end <= start or end.date() != start.date():
        raise bad_request("end", "The end must be after the start and on the same day")
    if start < now:
        raise bad_request("start", "An appointment in the past is made together with an outcome, and not here")


def _check_parent(
    connection: sqlite3.Connection, event: sqlite3.Row, kind: sqlite3.Row, wanted: PutAppointment
) -> sqlite3.Row | None:
    """Validate the appointment's NSI or requirement; return the requirement, direct or of the NSI, or None."""
    if wanted.nsi_id is not None and wanted.requirement_id is not None:
        raise bad_request("requirementId", "An NSI and a requirement exclude one another")
    if wanted.nsi_id is not None:
        nsi = open_nsi(connection, wanted.nsi_id, event_id=event["id"])
        linked = "SELECT 1 FROM contact_type_nsi_type WHERE contact_type_code = ? AND nsi_type_code = ?"
        if not exists(connection, linked, kind["code"], nsi["type_code"]):
            raise bad_request("typeCode", f"{kind['code']} may not hang from an NSI of type {nsi['type_code']}")
        return row_or_none(connection, "SELECT * FROM requirement WHERE id = ?", nsi["requirement_id"])
    if wanted.requirement_id is not None:
        requirement = row_or_none(
            connection, "SELECT * FROM requirement WHERE id = ? AND NOT soft_deleted", wanted.requirement_id
        )
        if requirement is None:
            raise not_found("Requirement", wanted.requirement_id)
        if requirement["event_id"] != event["id"]:
            raise bad_request("requirementId", "The requirement is not on the event")
        return requirement
    legislation = event["legislation"]
    if legislation and not kind[legislation.lower()]:
        raise bad_request("typeCode", f"{kind['code']} is not for an order of {legislation}")
    return None


def open_nsi(connection: sqlite3.Connection, nsi_id: int, *, event_id: int) -> sqlite3.Row:
    """Return an open NSI on an event. Raises a 409 Problem NSI_CLOSED where there is none."""
    nsi = row_or_none(
        connection,
        "SELECT * FROM nsi WHERE id = ? AND event_id IS ? AND active AND NOT soft_deleted",
        nsi_id,
        event_id,
    )
    if nsi is None:
        raise conflict("NSI_CLOSED", f"NSI {nsi_id} is not an open one on the event")
    return nsi


def check_office(connection: sqlite3.Connection, *, location: str, team_code: str, code: str | None) -> None:
    """Raise a 400 Problem unless the office satisfies the type's `location` rule, and is one of the team's."""
    if code is None:
        if location == REQUIRED:
            raise bad_request("officeCode", "The type demands an office")
    elif location == NOT_ALLOWED:
        raise bad_request("officeCode", "The type allows no office")
    elif not exists(
        connection,
        "SELECT 1 FROM team_office JOIN team ON team_id = team.id JOIN office ON office.code = office_code"
        " WHERE team.code = ? AND office_code = ? AND office.active",
        team_code,
        code,
    ):
        raise bad_request("officeCode", f"{code} is not an office of team {team_code}")


def check_overlap(
    connection: sqlite3.Connection, person_id: int, start: datetime, end: datetime, *, besides: int | None = None
) -> None:
    """Raise a 409 Problem OVERLAP where the person has another appointment at that time, other than `besides`.

    Missed and rescheduled appointments do not count; one without an end is taken as ending at its start.
    """
    overlaps = rows(
        connection,
        "SELECT *, coalesce(ends, starts) AS until FROM appointment WHERE person_id = ? AND NOT soft_deleted"
        " AND id IS NOT ? AND coalesce(attended, 1) AND starts < ? AND until > ? ORDER BY starts, id",
        person_id,
        besides,
        minute(end),
        minute(start),
    )
    if overlaps:
        told = [
            {
                "start": moment(row["starts"]),
                "end": moment(row["until"]),
                "type": coded(row["type_code"], row["type_description"]),
            }
            for row in overlaps
        ]
        raise conflict("OVERLAP", "The person has another appointment at that time", overlaps=told)


def outcomes_of(connection: sqlite3.Connection, type_code: str) -> list[Outcome]:
    """Return the outcomes that may be recorded by hand for an appointment type."""
    actions: dict[str, dict[str, str]] = {}
    for row in rows(
        connection,
        "SELECT * FROM outcome_enforcement_action JOIN enforcement_action ON code = action_code ORDER BY code",
    ):
        actions.setdefault(row["outcome_code"], {})[row["code"]] = row["description"]
    found = rows(
        connection,
        "SELECT * FROM contact_outcome WHERE by_hand AND coalesce(only_type_code, ?) = ? AND except_type_code IS NOT ?"
        " ORDER BY description",
        type_code,
        type_code,
        type_code,
    )
    return [
        Outcome(
            row["code"],
            row["description"],
            bool(row["attended"]),
            bool(row["complied"]),
            actions.get(row["code"], {}),
        )
        for row in found
    ]


def check_outcome(
    connection: sqlite3.Connection,
    appointment: sqlite3.Row,
    *,
    code: str,
    enforcement_code: str | None,
    now: datetime,
) -> Outcome:
    """Return the outcome with a code. Raises a 400 Problem where it is not allowed, or not yet."""
    if appointment["starts"] > minute(now):
        raise bad_request("outcomeCode", "An outcome can be recorded from the appointment's start")
    outcome = next((each for each in outcomes_of(connection, appointment["type_code"]) if each.code == code), None)
    if outcome is None:
        raise bad_request("outcomeCode", f"{code} is not an outcome of the type")
    if enforcement_code is not None and enforcement_code not in outcome.actions:
        raise bad_request("enforcementActionCode", f"{enforcement_code} is not an enforcement action of the outcome")
    if enforcement_code is None and outcome.actions and not outcome.attended and not outcome.complied:
        raise bad_request("enforcementActionCode", "An unacceptable absence demands an enforcement action")
    return outcome


def is_linked_to_rar(connection: sqlite3.Connection, appointment: sqlite3.Row) -> bool:
    """Return whether an appointment is linked to a RAR requirement, directly or through its NSI."""
    return exists(
        connection,
        "SELECT 1 FROM requirement WHERE category_code = ? AND id = coalesce(?, (SELECT requirement_id FROM nsi"
        " WHERE id = ?))",
        RAR_CATEGORY,
        appointment["requirement_id"],
        appointment["nsi_id"],
    )
