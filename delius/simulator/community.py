"""Community API: every read, and creating an appointment."""

import sqlite3
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from delius.simulator import answers
from delius.simulator.appointments import create_appointment as create
from delius.simulator.contact_filters import appointments_of, contacts_of
from delius.simulator.datasets.reference import RAR_CATEGORY
from delius.simulator.errors import Refusal, bad_request
from delius.simulator.people import access, accessible_person, event_of, person_by_crn
from delius.simulator.requests_read import json_body, path_number, query_flag, query_list, query_number
from delius.simulator.rules_appointments import read_new_appointment
from delius.simulator.state import current
from delius.simulator.store import row_or_none, rows
from delius.simulator.tokens import Actor, authenticate

blueprint = Blueprint("community", __name__, url_prefix="/community-api")

READ = "ROLE_COMMUNITY"
WRITE = "ROLE_COMMUNITY_INTERVENTIONS_UPDATE"
DEFAULT_PAGE_SIZE = 20
DEFAULT_CONTACTS_PAGE_SIZE = 1000
LARGEST_PAGE = 2000


@blueprint.errorhandler(Refusal)
def _refusal(refusal: Refusal) -> ResponseReturnValue:
    answer = jsonify(status=refusal.status, developerMessage=refusal.reason)
    answer.status_code = refusal.status
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _reader() -> Actor:
    actor = authenticate()
    actor.must_have(READ)
    return actor


@blueprint.get("/secure/staff/username/<username>")
def staff_by_username(username: str) -> ResponseReturnValue:
    """Return the member of staff behind a username."""
    _reader()
    with current().store.reading() as connection:
        account, staff = _staff_of(connection, username)
        return answers.staff_details(connection, staff, account)


@blueprint.get("/secure/staff/username/<username>/manage-supervisions-eligible-offenders")
def eligible_people(username: str) -> ResponseReturnValue:
    """Return a page of the people a user manages who have one active sentence and an active RAR requirement on it."""
    _reader()
    number, size = _page_asked(("page", "pageNumber"), ("size", "pageSize"), DEFAULT_PAGE_SIZE)
    with current().store.reading() as connection:
        _, staff = _staff_of(connection, username)
        people = rows(
            connection,
            "SELECT DISTINCT person.* FROM person"
            " JOIN manager ON manager.person_id = person.id"
            " JOIN event ON event.person_id = person.id AND event.active"
            " JOIN requirement ON event_id = event.id"
            " WHERE staff_id = ? AND manager.active AND NOT manager.soft_deleted"
            " AND category_code = ? AND requirement.active AND NOT requirement.soft_deleted"
            " AND (SELECT count(*) FROM event AS e WHERE e.person_id = person.id AND e.active) = 1"
            " ORDER BY surname, first_name",
            staff["id"],
            RAR_CATEGORY,
        )
        first = number * size
        entries = [_caseload_entry(row) for row in people[first : first + size]]
        return answers.page(entries, number=number, size=size, total=len(people))


def _caseload_entry(person: sqlite3.Row) -> dict[str, Any]:
    return answers.compact(
        crn=person["crn"],
        firstName=person["first_name"],
        surname=person["surname"],
        preferredName=person["preferred_name"],
    )


@blueprint.get("/secure/staff/staffIdentifier/<staff_identifier>/managedOffenders")
def managed_people(staff_identifier: str) -> ResponseReturnValue:
    """Return everybody a member of staff manages, or ever managed."""
    _reader()
    identifier = path_number("staffIdentifier", staff_identifier)
    with current().store.reading() as connection:
        staff = row_or_none(connection, "SELECT * FROM staff WHERE id = ?", identifier)
        if staff is None:
            raise Refusal(404, f"Staff member {identifier} not found")
        managed = rows(
            connection,
            "SELECT manager.*, crn, surname, noms_number,"
            " coalesce(to_date, (SELECT max(sentence_expected_end) FROM event WHERE person_id = person.id)) AS until"
            " FROM manager JOIN person ON person_id = person.id"
            " WHERE staff_id = ? AND NOT manager.soft_deleted AND (manager.active OR NOT ?) ORDER BY crn",
            identifier,
            bool(query_flag("current")),
        )
        return jsonify(
            [
                {
                    "crnNumber": row["crn"],
                    "offenderSurname": row["surname"],
                    "offenderId": row["person_id"],
                    "nomsNumber": row["noms_number"],
                    "staffCode": staff["code"],
                    "staffIdentifier": staff["id"],
                    "omStartDate": row["from_date"],
                    "omEndDate": row["until"],
                    "currentOm": bool(row["active"]),
                    "currentRo": bool(row["active"]),
                    "currentPom": False,
                }
                for row in managed
            ]
        )


@blueprint.get("/secure/offenders/crn/<crn>")
def person(crn: str) -> ResponseReturnValue:
    """Return a person in short."""
    actor = _reader()
    with current().store.reading() as connection:
        return answers.person_summary(connection, accessible_person(connection, crn, actor))


@blueprint.get("/secure/offenders/crn/<crn>/all")
def person_all(crn: str) -> ResponseReturnValue:
    """Return a person in full."""
    actor = _reader()
    with current().store.reading() as connection:
        return answers.person_detail(connection, accessible_person(connection, crn, actor))


@blueprint.get("/secure/offenders/crn/<crn>/user/<username>/userAccess")
def user_access(crn: str, username: str) -> ResponseReturnValue:
    """Say whether a user may see a person: 403 if not, with the record's own message."""
    _reader()
    with current().store.reading() as connection:
        found = person_by_crn(connection, crn)
        account = row_or_none(
            connection,
            "SELECT * FROM account WHERE username = ? AND auth_source = 'delius'",
            username.upper(),
        )
        if account is None:
            raise Refusal(404, f"Can't resolve user: {username}")
        limits = access(connection, found, account["username"])
    body = answers.compact(
        userRestricted=limits.restricted,
        userExcluded=limits.excluded,
        restrictionMessage=limits.restriction_message,
        exclusionMessage=limits.exclusion_message,
    )
    return body, 200 if limits.allowed else 403


@blueprint.get("/secure/offenders/crn/<crn>/convictions")
def convictions(crn: str) -> ResponseReturnValue:
    """Return a person's events, or only the active ones."""
    actor = _reader()
    with current().store.reading() as connection:
        events = rows(
            connection,
            "SELECT * FROM event WHERE person_id = ? AND (active OR NOT ?) ORDER BY id",
            accessible_person(connection, crn, actor)["id"],
            bool(query_flag("activeOnly")),
        )
        return jsonify([answers.conviction(row) for row in events])


@blueprint.get("/secure/offenders/crn/<crn>/convictions/<conviction_id>/requirements")
def requirements(crn: str, conviction_id: str) -> ResponseReturnValue:
    """Return an event's requirements, or only the active ones; soft-deleted ones are among them either way."""
    actor = _reader()
    with current().store.reading() as connection:
        found = rows(
            connection,
            "SELECT * FROM requirement WHERE event_id = ? AND (active OR NOT ?) ORDER BY id",
            _conviction(connection, crn, conviction_id, actor)["id"],
            bool(query_flag("activeOnly")),
        )
        return {"requirements": [answers.requirement(connection, row) for row in found]}


@blueprint.get("/secure/offenders/crn/<crn>/convictions/<conviction_id>/nsis")
def nsis(crn: str, conviction_id: str) -> ResponseReturnValue:
    """Return an event's NSIs of the given types: of any requirement, active or ended, soft-deleted ones too."""
    actor = _reader()
    codes = set(query_list("nsiCodes"))
    if not codes:
        raise bad_request("Required List parameter 'nsiCodes' is not present")
    with current().store.reading() as connection:
        event = _conviction(connection, crn, conviction_id, actor)
        found = rows(connection, "SELECT * FROM nsi WHERE event_id = ? ORDER BY id", event["id"])
        return {"nsis": [answers.nsi(connection, row) for row in found if row["type_code"] in codes]}


@blueprint.get("/secure/offenders/crn/<crn>/convictions/<conviction_id>/nsis/<nsi_id>")
def nsi(crn: str, conviction_id: str, nsi_id: str) -> ResponseReturnValue:
    """Return one NSI of an event."""
    actor = _reader()
    with current().store.reading() as connection:
        event = _conviction(connection, crn, conviction_id, actor)
        found = row_or_none(
            connection,
            "SELECT * FROM nsi WHERE id = ? AND event_id = ?",
            path_number("nsiId", nsi_id),
            event["id"],
        )
        if found is None:
            raise Refusal(404, f"NSI with id {nsi_id} not found")
        return answers.nsi(connection, found)


@blueprint.get("/secure/appointment-types")
def appointment_types() -> ResponseReturnValue:
    """Return every contact type that a person attends."""
    _reader()
    with current().store.reading() as connection:
        kinds = rows(connection, "SELECT * FROM contact_type WHERE attendance ORDER BY description")
        return jsonify([answers.appointment_type(connection, row) for row in kinds])


@blueprint.get("/secure/teams/<team_code>/office-locations")
def office_locations(team_code: str) -> ResponseReturnValue:
    """Return a team's offices, each as often as it was linked."""
    _reader()
    with current().store.reading() as connection:
        team = row_or_none(connection, "SELECT * FROM team WHERE code = ? AND active", team_code)
        if team is None:
            raise Refusal(404, f"Team {team_code} does not exist or is not active")
        offices = rows(
            connection,
            "SELECT office.* FROM team_office JOIN office ON office_code = code"
            " WHERE team_id = ? ORDER BY team_office.rowid",
            team["id"],
        )
        return jsonify([answers.office(row) for row in offices])


@blueprint.get("/secure/offenders/crn/<crn>/appointments")
def appointments(crn: str) -> ResponseReturnValue:
    """Return a person's appointments, past and future."""
    actor = _reader()
    with current().store.reading() as connection:
        found = appointments_of(connection, accessible_person(connection, crn, actor))
        return jsonify([answers.appointment(connection, row) for row in found])


@blueprint.get("/secure/offenders/crn/<crn>/appointments/<appointment_id>")
def appointment(crn: str, appointment_id: str) -> ResponseReturnValue:
    """Return one appointment of a person."""
    actor = _reader()
    wanted = path_number("appointmentId", appointment_id)
    with current().store.reading() as connection:
        found = row_or_none(
            connection,
            "SELECT contact.* FROM contact JOIN contact_type ON type_code = code"
            " WHERE contact.id = ? AND person_id = ? AND attendance AND NOT soft_deleted",
            wanted,
            accessible_person(connection, crn, actor)["id"],
        )
        if found is None:
            raise Refusal(404, f"Appointment with id {wanted} not found")
        return answers.appointment(connection, found)


@blueprint.get("/secure/offenders/crn/<crn>/contact-summary")
def contact_summary(crn: str) -> ResponseReturnValue:
    """Return a page of a person's contact log, latest first."""
    actor = _reader()
    number, size = _page_asked(("page",), ("pageSize",), DEFAULT_CONTACTS_PAGE_SIZE)
    with current().store.reading() as connection:
        found = contacts_of(connection, accessible_person(connection, crn, actor))
        first = number * size
        entries = [answers.contact_summary(connection, row) for row in found[first : first + size]]
        return answers.page(entries, number=number, size=size, total=len(found))


@blueprint.get("/secure/offenders/crn/<crn>/registrations")
def registrations(crn: str) -> ResponseReturnValue:
    """Return a person's risk flags, or only the active ones."""
    actor = _reader()
    with current().store.reading() as connection:
        found = rows(
            connection,
            "SELECT * FROM registration WHERE person_id = ? AND (active OR NOT ?) ORDER BY start_date DESC, id DESC",
            accessible_person(connection, crn, actor)["id"],
            bool(query_flag("activeOnly")),
        )
        return {"registrations": [answers.registration(connection, row) for row in found]}


@blueprint.get("/secure/offenders/crn/<crn>/personalCircumstances")
def personal_circumstances(crn: str) -> ResponseReturnValue:
    """Return a person's circumstances, past and present."""
    actor = _reader()
    with current().store.reading() as connection:
        found = rows(
            connection,
            "SELECT * FROM personal_circumstance WHERE person_id = ? ORDER BY start_date DESC, id",
            accessible_person(connection, crn, actor)["id"],
        )
        return {"personalCircumstances": [answers.personal_circumstance(row) for row in found]}


@blueprint.post("/secure/offenders/crn/<crn>/sentence/<sentence_id>/appointments")
def create_appointment(crn: str, sentence_id: str) -> ResponseReturnValue:
    """Create an appointment. The path says sentence and means the event."""
    actor = authenticate()
    actor.must_have(WRITE)
    event_id = path_number("sentenceId", sentence_id)
    new = read_new_appointment(json_body(), crn=crn, event_id=event_id)
    actor.must_have(f"PROVIDER_{new.provider_code}")
    with current().store.writing() as connection:
        made = create(
            connection,
            person=accessible_person(connection, crn, actor),
            new=new,
            author=actor.name,
            clock=current().clock,
        )
        kind = answers.find(connection, "contact_type", "code", made["type_code"])
    return {
        "appointmentId": made["id"],
        "appointmentStart": answers.moment(made["starts"]),
        "appointmentEnd": answers.moment(made["ends"]),
        "type": kind["code"],
        "typeDescription": kind["description"],
        "sensitive": bool(made["sensitive"]),
    }, 201


def _staff_of(connection: sqlite3.Connection, username: str) -> tuple[sqlite3.Row, sqlite3.Row]:
    account = row_or_none(connection, "SELECT * FROM account WHERE username = ?", username.upper())
    staff = row_or_none(connection, "SELECT * FROM staff WHERE id = ?", account["staff_id"]) if account else None
    if account is None or staff is None:
        raise Refusal(404, f"Unable to find staff for username {username}")
    return account, staff


def _conviction(connection: sqlite3.Connection, crn: str, conviction_id: str, actor: Actor) -> sqlite3.Row:
    wanted = path_number("convictionId", conviction_id)
    found = event_of(connection, accessible_person(connection, crn, actor), wanted)
    if found is None:
        raise Refusal(404, f"Conviction with convictionId {wanted} not found for offender with CRN {crn}")
    return found


def _page_asked(number_names: tuple[str, ...], size_names: tuple[str, ...], usual_size: int) -> tuple[int, int]:
    numbers = [value for name in number_names if (value := query_number(name)) is not None]
    sizes = [value for name in size_names if (value := query_number(name)) is not None]
    size = sizes[0] if sizes else usual_size
    if size < 1:
        raise bad_request("Page size must not be less than one")
    return (numbers[0] if numbers else 0), min(size, LARGEST_PAGE)
