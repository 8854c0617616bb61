"""What a contact must satisfy: the rules of Delius API that creating an appointment through Community API meets."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from delius.simulator.answers import find
from delius.simulator.clock import Clock, to_wall_time
from delius.simulator.datasets.reference import NOT_REQUIRED, RAR_CATEGORY, REQUIRED
from delius.simulator.errors import Refusal, bad_request
from delius.simulator.organisation import check_manager
from delius.simulator.people import event_of
from delius.simulator.requests_read import Body
from delius.simulator.store import exists, row_or_none

CRN = re.compile(r"[a-zA-Z][0-9]{6}")
LONGEST_NOTES = 4000
LONGEST_TYPE = 10
LONGEST_OUTCOME = 10
LONGEST_PROVIDER = 3
LONGEST_TEAM = 6
LONGEST_STAFF = 7
LONGEST_OFFICE = 7


@dataclass(frozen=True)
class Contact:
    """A contact as someone wants it to be: times are Europe/London wall time in whole minutes."""

    type_code: str
    starts: datetime
    ends: datetime | None
    notes: str | None
    sensitive: bool
    provider_code: str
    team_code: str
    staff_code: str
    office_code: str | None
    event_id: int | None
    requirement_id: int | None
    nsi_id: int | None
    rar_activity: bool | None
    outcome_code: str | None
    enforcement: str | None


def read_new_appointment(document: Any, *, crn: str, event_id: int) -> Contact:
    """Return the appointment an AppointmentCreateRequest describes.

    Raises a 400 Refusal that names every unsound field.
    """
    body = Body(document)
    if not CRN.fullmatch(crn):
        body.note("offenderCrn", "must be one letter and six digits")
    for name in ("notes", "officeLocationCode"):
        if not body.has(name):
            body.note(name, "is required")
    starts = _wall_minute(body, "appointmentStart")
    ends = _wall_minute(body, "appointmentEnd")
    contact = Contact(
        type_code=body.text("contactType", longest=LONGEST_TYPE, required=True) or "",
        starts=starts or datetime.min,
        ends=ends or datetime.max,
        notes=body.text("notes", longest=LONGEST_NOTES),
        sensitive=bool(body.boolean("sensitive")),
        provider_code=body.text("providerCode", longest=LONGEST_PROVIDER, required=True) or "",
        team_code=body.text("teamCode", longest=LONGEST_TEAM, required=True) or "",
        staff_code=body.text("staffCode", longest=LONGEST_STAFF, required=True) or "",
        office_code=body.text("officeLocationCode", longest=LONGEST_OFFICE),
        event_id=event_id,
        requirement_id=body.number("requirementId"),
        nsi_id=body.number("nsiId"),
        rar_activity=body.boolean("rarActivity"),
        outcome_code=body.text("outcome", longest=LONGEST_OUTCOME),
        enforcement=body.text("enforcement", longest=LONGEST_OUTCOME),
    )
    body.refuse_if_unsound()
    return contact


def _wall_minute(body: Body, name: str) -> datetime | None:
    moment = body.date_time(name, required=True)
    if moment and not moment.tzinfo:
        body.note(name, "must carry an offset")
    return to_wall_time(moment).replace(second=0, microsecond=0) if moment else None


def check_attendance_type(connection: sqlite3.Connection, code: str) -> None:
    """Raise a 400 Refusal unless the code is that of a contact type a person attends."""
    if not exists(connection, "SELECT 1 FROM contact_type WHERE code = ? AND attendance", code):
        raise bad_request(f"Contact type '{code}' does not exist, or is not an attendance type")


def check_contact(
    connection: sqlite3.Connection,
    *,
    person: sqlite3.Row,
    contact: Contact,
    clock: Clock,
    contact_id: int | None = None,
) -> None:
    """Check a new contact, or one about to change where `contact_id` names it.

    Raises a 400 Refusal for the first rule it breaks, a 409 one where it clashes with another of the person's.
    """
    kind = find(connection, "contact_type", "code", contact.type_code)
    _check_times(contact)
    requirement = _check_links(connection, person, contact, kind)
    _check_rar_activity(contact, kind, requirement, clock)
    check_manager(connection, provider=contact.provider_code, team=contact.team_code, staff=contact.staff_code)
    _check_location(connection, contact, kind)
    _check_outcome(connection, contact, kind, clock)
    if kind["attendance"]:
        _check_clash(connection, person, contact, clock, contact_id)


def _check_times(contact: Contact) -> None:
    if contact.ends is None:
        return
    if contact.ends <= contact.starts:
        raise bad_request("The end must be after the start")
    if contact.ends.date() != contact.starts.date():
        raise bad_request("The end must be on the day of the start")


def _check_links(
    connection: sqlite3.Connection, person: sqlite3.Row, contact: Contact, kind: sqlite3.Row
) -> sqlite3.Row | None:
    """Check what the contact hangs from; return the requirement, direct or through the NSI, or None."""
    event = None
    if contact.event_id is not None:
        event = event_of(connection, person, contact.event_id)
        if event is None:
            raise bad_request(f"Event with id '{contact.event_id}' does not exist on offender '{person['crn']}'")
    if contact.nsi_id is not None and contact.requirement_id is not None:
        raise bad_request("nsiId and requirementId cannot both be provided")
    if contact.nsi_id is not None:
        return _check_nsi_link(connection, person, contact, kind)
    if contact.requirement_id is not None:
        return _check_requirement_link(connection, contact, kind)
    if event is not None and ((event["cja"] and not kind["cja"]) or (event["legacy"] and not kind["legacy"])):
        raise bad_request(f"Contact type '{kind['code']}' is not appropriate for this type of order")
    return None


def _check_nsi_link(
    connection: sqlite3.Connection, person: sqlite3.Row, contact: Contact, kind: sqlite3.Row
) -> sqlite3.Row | None:
    nsi = row_or_none(
        connection,
        "SELECT * FROM nsi WHERE id = ? AND person_id = ? AND event_id IS ? AND NOT soft_deleted",
        contact.nsi_id,
        person["id"],
        contact.event_id,
    )
    if nsi is None:
        raise bad_request(f"NSI with id '{contact.nsi_id}' does not exist on event '{contact.event_id}'")
    if not exists(
        connection,
        "SELECT 1 FROM contact_type_nsi_type WHERE contact_type_code = ? AND nsi_type_code = ?",
        kind["code"],
        nsi["type_code"],
    ):
        raise bad_request(f"Contact type '{kind['code']}' is not appropriate for an NSI with type '{nsi['type_code']}'")
    return row_or_none(connection, "SELECT * FROM requirement WHERE id = ?", nsi["requirement_id"])


def _check_requirement_link(connection: sqlite3.Connection, contact: Contact, kind: sqlite3.Row) -> sqlite3.Row:
    requirement = row_or_none(
        connection,
        "SELECT * FROM requirement WHERE id = ? AND event_id IS ? AND NOT soft_deleted",
        contact.requirement_id,
        contact.event_id,
    )
    if requirement is None:
        raise bad_request(
            f"Requirement with id '{contact.requirement_id}' does not exist on event '{contact.event_id}'"
        )
    if not kind["whole_order_level"] and not exists(
        connection,
        "SELECT 1 FROM contact_type_requirement_category WHERE contact_type_code = ? AND category_code = ?",
        kind["code"],
        requirement["category_code"],
    ):
        raise bad_request(
            f"Contact type '{kind['code']}' is not appropriate for a requirement in category"
            f" '{requirement['category_code']}'"
        )
    return requirement


def _check_rar_activity(contact: Contact, kind: sqlite3.Row, requirement: sqlite3.Row | None, clock: Clock) -> None:
    counts = (
        bool(kind["attendance"])
        and requirement is not None
        and requirement["category_code"] == RAR_CATEGORY
        and not requirement["soft_deleted"]
        and not has_ended(requirement, max(clock.today(), contact.starts.date()))
    )
    if counts and contact.rar_activity is None:
        raise bad_request("rarActivity is required for an attendance contact of an active RAR requirement")
    if not counts and contact.rar_activity is not None:
        raise bad_request("rarActivity is only for attendance contacts of an active RAR requirement")


def has_ended(requirement: sqlite3.Row, on: date) -> bool:
    """Return whether a requirement was terminated on a day or earlier."""
    ended = requirement["termination_date"]
    return ended is not None and str(ended) <= on.isoformat()


def _check_location(connection: sqlite3.Connection, contact: Contact, kind: sqlite3.Row) -> None:
    if contact.office_code is None:
        if kind["location_rule"] == REQUIRED:
            raise bad_request(f"Location is required for contact type '{kind['code']}'")
        return
    if kind["location_rule"] == NOT_REQUIRED:
        raise bad_request(f"Contact type '{kind['code']}' does not support a location")
    if not exists(
        connection,
        "SELECT 1 FROM team_office JOIN team ON team_id = team.id WHERE team.code = ? AND office_code = ?",
        contact.team_code,
        contact.office_code,
    ):
        raise bad_request(
            f"Team with code '{contact.team_code}' does not exist at office location '{contact.office_code}'"
        )


def _check_outcome(connection: sqlite3.Connection, contact: Contact, kind: sqlite3.Row, clock: Clock) -> None:
    if contact.outcome_code is not None:
        if not exists(connection, "SELECT 1 FROM contact_outcome WHERE code = ?", contact.outcome_code):
            raise bad_request(f"Contact outcome '{contact.outcome_code}' does not exist")
    elif kind["attendance"] and contact.starts < clock.wall_time():
        raise bad_request(f"Contact type '{kind['code']}' requires an outcome when it is in the past")
    elif contact.enforcement is not None:
        raise bad_request("Enforcement cannot be provided without an outcome")


def _check_clash(
    connection: sqlite3.Connection,
    person: sqlite3.Row,
    contact: Contact,
    clock: Clock,
    contact_id: int | None,
) -> None:
    if contact.ends is None or contact.starts < clock.wall_time():
        return
    if exists(
        connection,
        "SELECT 1 FROM contact JOIN contact_type ON type_code = code"
        " WHERE person_id = ? AND attendance AND NOT soft_deleted AND contact.id IS NOT ? AND starts < ? AND ends > ?",
        person["id"],
        contact_id,
        contact.ends.isoformat(timespec="minutes"),
        contact.starts.isoformat(timespec="minutes"),
    ):
        raise Refusal(409, "The appointment conflicts with another attendance contact of this person")
