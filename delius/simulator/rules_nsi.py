"""What an NSI must satisfy: the rules of Delius API."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from delius.simulator.clock import Clock, to_instant, to_wall_time
from delius.simulator.errors import bad_request
from delius.simulator.organisation import check_manager
from delius.simulator.people import event_of
from delius.simulator.requests_read import Body
from delius.simulator.store import exists, row_or_none

CRN = re.compile(r"[a-zA-Z][0-9]{6}")
LONGEST_CODE = 20
LONGEST_NOTES = 4000
LONGEST_PROVIDER = 3
LONGEST_TEAM = 6
LONGEST_STAFF = 7
LONGEST_REFERENCE = 2000


@dataclass(frozen=True)
class Nsi:
    """An NSI as someone wants it to be. `status_date` is aware; `length` is in the type's unit."""

    crn: str
    event_id: int | None
    requirement_id: int | None
    type_code: str
    sub_type_code: str | None
    status_code: str
    status_date: datetime
    referral_date: date
    expected_start_date: date | None
    expected_end_date: date | None
    start_date: date | None
    end_date: date | None
    outcome_code: str | None
    length: int | None
    notes: str | None
    intended_provider_code: str
    manager_provider_code: str
    manager_team_code: str
    manager_staff_code: str
    external_reference: str | None

    @property
    def active(self) -> bool:
        """Return whether the NSI has no end date."""
        return self.end_date is None


def read_nsi(document: Any) -> Nsi:
    """Return the NSI a NewNsi describes. Raises a 400 Refusal that names every unsound field."""
    body = Body(document)
    crn = body.text("offenderCrn", longest=LONGEST_CODE, required=True) or ""
    if crn and not CRN.fullmatch(crn):
        body.note("offenderCrn", "must be one letter and six digits")
    status_date = body.date_time("statusDate", required=True)
    referral_date = body.date("referralDate", required=True)
    manager = body.part("manager")
    nsi = Nsi(
        crn=crn,
        event_id=body.number("eventId"),
        requirement_id=body.number("requirementId"),
        type_code=body.text("type", longest=LONGEST_CODE, required=True) or "",
        sub_type_code=body.text("subType", longest=LONGEST_CODE),
        status_code=body.text("status", longest=LONGEST_CODE, required=True) or "",
        status_date=to_instant(status_date) if status_date else datetime.max,
        referral_date=referral_date or date.max,
        expected_start_date=body.date("expectedStartDate"),
        expected_end_date=body.date("expectedEndDate"),
        start_date=body.date("startDate"),
        end_date=body.date("endDate"),
        outcome_code=body.text("outcome", longest=LONGEST_CODE),
        length=body.number("length"),
        notes=body.text("notes", longest=LONGEST_NOTES),
        intended_provider_code=body.text("intendedProvider", longest=LONGEST_PROVIDER, required=True) or "",
        manager_provider_code=manager.text("provider", longest=LONGEST_PROVIDER, required=True) or "",
        manager_team_code=manager.text("team", longest=LONGEST_TEAM, required=True) or "",
        manager_staff_code=manager.text("staff", longest=LONGEST_STAFF, required=True) or "",
        external_reference=body.text("externalReference", longest=LONGEST_REFERENCE),
    )
    body.refuse_if_unsound()
    return nsi


def check_nsi(connection: sqlite3.Connection, *, person: sqlite3.Row, nsi: Nsi, clock: Clock) -> None:
    """Check an NSI, new or about to change. Raises a 400 Refusal for the first rule it breaks."""
    _check_dates(nsi, clock)
    nsi_type = row_or_none(connection, "SELECT * FROM nsi_type WHERE code = ?", nsi.type_code)
    if nsi_type is None:
        raise bad_request(f"NSI type with code '{nsi.type_code}' does not exist")
    _check_sub_type(connection, nsi)
    _check_codes(connection, nsi)
    _check_length(nsi, nsi_type)
    _check_event_and_requirement(connection, person, nsi)
    check_manager(
        connection,
        provider=nsi.manager_provider_code,
        team=nsi.manager_team_code,
        staff=nsi.manager_staff_code,
    )


def check_no_active_duplicate(connection: sqlite3.Connection, *, person: sqlite3.Row, nsi: Nsi) -> None:
    """Raise a 400 Refusal where a new NSI would be the person's second active one of a type that allows only one."""
    allowed = exists(connection, "SELECT 1 FROM nsi_type WHERE code = ? AND allows_active_duplicates", nsi.type_code)
    has_one = exists(
        connection,
        "SELECT 1 FROM nsi WHERE person_id = ? AND type_code = ? AND active AND NOT soft_deleted",
        person["id"],
        nsi.type_code,
    )
    if nsi.active and has_one and not allowed:
        raise bad_request(f"NSI type '{nsi.type_code}' does not allow active duplicates")


def check_status_date_moves_on(existing: sqlite3.Row, nsi: Nsi) -> None:
    """Raise a 400 Refusal where the status date would go backwards."""
    if nsi.status_date < to_instant(datetime.fromisoformat(existing["status_date"])):
        raise bad_request(f"Status date must not be before the existing status date '{existing['status_date']}'")


def _check_dates(nsi: Nsi, clock: Clock) -> None:
    today = clock.today()
    if nsi.referral_date > today:
        raise bad_request("Referral date must not be in the future")
    if nsi.status_date > clock.now():
        raise bad_request("Status date must not be in the future")
    if to_wall_time(nsi.status_date).date() < nsi.referral_date:
        raise bad_request("Status date must not be before the referral date")
    if nsi.start_date and nsi.start_date > today:
        raise bad_request("Start date must not be in the future")
    for name, value in (
        ("Start date", nsi.start_date),
        ("Expected start date", nsi.expected_start_date),
        ("Expected end date", nsi.expected_end_date),
    ):
        if value and value < nsi.referral_date:
            raise bad_request(f"{name} must not be before the referral date")
    if nsi.expected_end_date and nsi.expected_start_date and nsi.expected_end_date < nsi.expected_start_date:
        raise bad_request("Expected end date must not be before the expected start date")
    if (nsi.end_date is None) != (nsi.outcome_code is None):
        raise bad_request("End date and outcome must be provided together")
    if nsi.end_date:
        if nsi.start_date is None:
            raise bad_request("End date cannot be provided without a start date")
        if nsi.end_date < nsi.start_date:
            raise bad_request("End date must not be before the start date")


def _check_sub_type(connection: sqlite3.Connection, nsi: Nsi) -> None:
    if nsi.sub_type_code is None:
        if exists(connection, "SELECT 1 FROM nsi_sub_type WHERE nsi_type_code = ?", nsi.type_code):
            raise bad_request(f"NSI type '{nsi.type_code}' requires a sub type")
    elif not exists(
        connection,
        "SELECT 1 FROM nsi_sub_type WHERE nsi_type_code = ? AND code = ?",
        nsi.type_code,
        nsi.sub_type_code,
    ):
        raise bad_request(f"NSI sub type '{nsi.sub_type_code}' is not a valid sub type of '{nsi.type_code}'")


def _check_codes(connection: sqlite3.Connection, nsi: Nsi) -> None:
    if not exists(
        connection,
        "SELECT 1 FROM nsi_type_status WHERE nsi_type_code = ? AND status_code = ?",
        nsi.type_code,
        nsi.status_code,
    ):
        raise bad_request(f"NSI status '{nsi.status_code}' is not a valid status of '{nsi.type_code}'")
    if nsi.outcome_code is not None and not exists(
        connection,
        "SELECT 1 FROM nsi_type_outcome WHERE nsi_type_code = ? AND outcome_code = ?",
        nsi.type_code,
        nsi.outcome_code,
    ):
        raise bad_request(f"Outcome '{nsi.outcome_code}' is not a valid outcome of '{nsi.type_code}'")
    if not exists(
        connection,
        "SELECT 1 FROM nsi_type_provider WHERE nsi_type_code = ? AND provider_code = ?",
        nsi.type_code,
        nsi.intended_provider_code,
    ):
        raise bad_request(
            f"Intended provider '{nsi.intended_provider_code}' is not a valid provider of '{nsi.type_code}'"
        )


def _check_length(nsi: Nsi, nsi_type: sqlite3.Row) -> None:
    unit = nsi_type["length_unit"]
    if unit is None:
        if nsi.length is not None:
            raise bad_request(f"NSI type '{nsi.type_code}' does not support a length")
        return
    if nsi.length is None:
        raise bad_request(f"NSI type '{nsi.type_code}' requires a length in {unit}")
    if not nsi_type["minimum_length"] <= nsi.length <= nsi_type["maximum_length"]:
        raise bad_request(
            f"NSI type '{nsi.type_code}' requires a length between {nsi_type['minimum_length']}"
            f" and {nsi_type['maximum_length']} {unit}"
        )


def _check_event_and_requirement(connection: sqlite3.Connection, person: sqlite3.Row, nsi: Nsi) -> None:
    if nsi.event_id is None:
        if nsi.requirement_id is not None:
            raise bad_request("requirementId cannot be provided without eventId")
        return
    event = event_of(connection, person, nsi.event_id)
    if event is None:
        raise bad_request(f"Event with id '{nsi.event_id}' does not exist on offender '{nsi.crn}'")
    if nsi.referral_date.isoformat() < event["referral_date"]:
        raise bad_request(f"Referral date must not be before the event referral date '{event['referral_date']}'")
    if nsi.requirement_id is not None:
        _check_requirement(connection, event, nsi)


def _check_requirement(connection: sqlite3.Connection, event: sqlite3.Row, nsi: Nsi) -> None:
    requirement = row_or_none(
        connection,
        "SELECT * FROM requirement WHERE id = ? AND event_id = ? AND NOT soft_deleted",
        nsi.requirement_id,
        event["id"],
    )
    if requirement is None:
        raise bad_request(f"Requirement with id '{nsi.requirement_id}' does not exist on event '{event['id']}'")
    if not exists(
        connection,
        "SELECT 1 FROM requirement_category_nsi_type WHERE category_code = ? AND nsi_type_code = ?",
        requirement["category_code"],
        nsi.type_code,
    ):
        raise bad_request(
            f"Requirement '{nsi.requirement_id}' is not in a category that supports NSIs of type '{nsi.type_code}'"
        )
    terminated = requirement["termination_date"]
    if terminated and (nsi.end_date is None or nsi.end_date.isoformat() < terminated):
        raise bad_request(f"An end date on or after '{terminated}' is required, as the requirement was terminated then")
