"""Rules for new NSIs."""

import sqlite3
from datetime import date
from typing import Annotated

from pydantic import Field

from simulator.database.store import exists, row_or_none
from simulator.http.errors import bad_request
from simulator.http.request_parsing import Code20, Day, Id, Model, Notes
from simulator.rules.organisation import Manager, check_manager
from simulator.rules.rar_days import in_force


class PutNsi(Model):
    """The body of putNsi. `length` is in the unit of the type."""

    event_id: Id
    requirement_id: Id
    type_code: Code20
    sub_type_code: Code20 | None = None
    status_code: Code20
    referral_date: Day
    length: Annotated[int, Field(ge=0)] | None = None
    notes: Notes | None = None
    manager: Manager


def check_new_nsi(
    connection: sqlite3.Connection, *, event: sqlite3.Row, requirement: sqlite3.Row, wanted: PutNsi, today: date
) -> None:
    """Validate a new NSI. Raises a 400 Problem for the first broken rule."""
    _check_referral_date(event, wanted, today)
    _check_type(connection, event, wanted)
    _check_requirement(connection, event, requirement, wanted, today)
    check_manager(connection, wanted.manager)
    providers = "SELECT 1 FROM nsi_type_provider WHERE nsi_type_code = ?"
    if exists(connection, providers, wanted.type_code) and not exists(
        connection, f"{providers} AND provider_code = ?", wanted.type_code, wanted.manager.provider_code
    ):
        raise bad_request("manager.providerCode", f"Provider {wanted.manager.provider_code} may not use the type")


def _check_referral_date(event: sqlite3.Row, wanted: PutNsi, today: date) -> None:
    if wanted.referral_date > today:
        raise bad_request("referralDate", "The referral date must not be in the future")
    if wanted.referral_date.isoformat() < event["referral_date"]:
        raise bad_request("referralDate", "The referral date must not be before that of the event")


def _check_type(connection: sqlite3.Connection, event: sqlite3.Row, wanted: PutNsi) -> None:
    code = wanted.type_code
    nsi_type = row_or_none(connection, "SELECT * FROM nsi_type WHERE code = ? AND selectable", code)
    if nsi_type is None:
        raise bad_request("typeCode", f"NSI type {code} does not exist or is not selectable")
    statuses = "SELECT 1 FROM nsi_type_status WHERE nsi_type_code = ? AND status_code = ?"
    if not exists(connection, statuses, code, wanted.status_code):
        raise bad_request("statusCode", f"{wanted.status_code} is not a status of the type")
    sub_types = "SELECT 1 FROM nsi_sub_type WHERE nsi_type_code = ?"
    if wanted.sub_type_code is None:
        if exists(connection, sub_types, code):
            raise bad_request("subTypeCode", "The type demands a sub type")
    elif not exists(connection, f"{sub_types} AND code = ?", code, wanted.sub_type_code):
        raise bad_request("subTypeCode", f"{wanted.sub_type_code} is not a sub type of the type")
    _check_length(nsi_type, wanted.length)
    if not nsi_type["allows_duplicates"] and exists(
        connection,
        "SELECT 1 FROM nsi WHERE person_id = ? AND type_code = ? AND active AND NOT soft_deleted",
        event["person_id"],
        code,
    ):
        raise bad_request("typeCode", "The person has an open NSI of the type, which does not allow a second one")


def _check_length(nsi_type: sqlite3.Row, length: int | None) -> None:
    unit, least, most = nsi_type["length_unit"], nsi_type["minimum_length"], nsi_type["maximum_length"]
    if unit is None:
        if length is not None:
            raise bad_request("length", "The type takes no length")
    elif length is None or not least <= length <= most:
        raise bad_request("length", f"The type demands a length between {least} and {most} {unit}")


def _check_requirement(
    connection: sqlite3.Connection, event: sqlite3.Row, requirement: sqlite3.Row, wanted: PutNsi, today: date
) -> None:
    if requirement["event_id"] != event["id"]:
        raise bad_request("requirementId", "The requirement is not on the event")
    if not in_force(requirement, today):
        raise bad_request("requirementId", "The requirement is not in force")
    if not exists(
        connection,
        "SELECT 1 FROM requirement_category_nsi_type WHERE category_code = ? AND nsi_type_code = ?",
        requirement["category_code"],
        wanted.type_code,
    ):
        raise bad_request("requirementId", "The category of the requirement does not allow the type")
