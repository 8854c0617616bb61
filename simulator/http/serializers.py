"""Serialisation of records as the contract's JSON, without null values."""

import sqlite3
from datetime import datetime

from simulator.database.store import exists
from simulator.http.errors import Json
from simulator.state.clock import with_offset


def compact(**fields: object) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def coded(code: str | None, description: str | None) -> Json | None:
    """Return a CodeDescription, or None without a code."""
    return None if code is None else {"code": code, "description": description or ""}


def moment(wall_time: str | None) -> str | None:
    """Return a stored wall time with its offset, or None."""
    return None if wall_time is None else with_offset(wall_time)


def flag(value: int | None) -> bool | None:
    """Return a stored flag, None where it is not set."""
    return None if value is None else bool(value)


def name(forename: str | None, surname: str | None, middle_name: str | None = None) -> Json | None:
    """Return a Name, or None without a surname."""
    return None if surname is None else compact(forename=forename, middleName=middle_name, surname=surname)


def team(row: sqlite3.Row) -> Json:
    """Return a Team from a row of the team with its provider."""
    provider = coded(row["provider_code"], row["provider_description"])
    return {"code": row["code"], "description": row["description"], "provider": provider}


def office(row: sqlite3.Row, *, code: str, description: str) -> Json:
    """Return an Office from a row that has its address."""
    return compact(
        code=row[code],
        description=row[description],
        buildingName=row["building_name"],
        buildingNumber=row["building_number"],
        streetName=row["street_name"],
        town=row["town"],
        county=row["county"],
        postcode=row["postcode"],
    )


def nsi(row: sqlite3.Row) -> Json:
    """Return an Nsi from a row of `described_nsi`."""
    return compact(
        nsiId=row["id"],
        externalReference=row["external_reference"],
        type=coded(row["type_code"], row["type_description"]),
        subType=coded(row["sub_type_code"], row["sub_type_description"]),
        status=coded(row["status_code"], row["status_description"]),
        statusDate=moment(row["status_date"]),
        referralDate=row["referral_date"],
        startDate=row["start_date"],
        endDate=row["end_date"],
        eventId=row["event_id"],
        requirementId=row["requirement_id"],
        length=row["length"],
        lengthUnit=row["length_unit"] if row["length"] is not None else None,
        active=bool(row["active"]),
        softDeleted=bool(row["soft_deleted"]),
        manager={
            "providerCode": row["provider_code"],
            "teamCode": row["team_code"],
            "staffCode": row["staff_code"],
        },
        createdBy=name(row["author_forename"], row["author_surname"]) or name(None, row["author_name"]),
        appointmentCount=row["appointment_count"],
        lastAppointmentDate=row["last_appointment"],
    )


def appointment(row: sqlite3.Row, *, notes: bool) -> Json:
    """Return an Appointment from a row of `appointment`; `notes` says whether the user may read sensitive ones."""
    return compact(
        contactId=row["id"],
        version=row["version"],
        externalReference=row["external_reference"],
        **appointment_times(row),
        eventId=row["event_id"],
        requirementId=row["requirement_id"],
        nsi=compact(
            nsiId=row["nsi_id"],
            type=coded(row["nsi_type_code"], row["nsi_type_description"]),
            subType=coded(row["nsi_sub_type_code"], row["nsi_sub_type_description"]),
        )
        or None,
        countsTowardsRar=bool(row["rar_activity"]),
        oldRarCategory=compact(
            category=coded(row["rar_category"], row["rar_category_description"]),
            subCategory=coded(row["rar_sub_category"], row["rar_sub_category_description"]),
        )
        or None,
        office=office(row, code="office_code", description="office_description") if row["office_code"] else None,
        officer=compact(
            staffCode=row["staff_code"],
            name=name(row["staff_forename"], row["staff_surname"]),
            teamCode=row["team_code"],
            providerCode=row["provider_code"],
        ),
        outcome=_outcome(row),
        rescheduledTo=row["rescheduled_to"],
        notes=row["notes"] if notes or not row["sensitive"] else None,
        sensitive=bool(row["sensitive"]),
        softDeleted=bool(row["soft_deleted"]),
    )


def appointment_times(row: sqlite3.Row) -> Json:
    """Return the type, the start and the end of a row of `appointment`."""
    return compact(
        type=coded(row["type_code"], row["type_description"]), start=moment(row["starts"]), end=moment(row["ends"])
    )


def appointment_summary(row: sqlite3.Row) -> Json:
    """Return an AppointmentSummary from a row of `appointment`."""
    return {"contactId": row["id"], **appointment_times(row)}


def _outcome(row: sqlite3.Row) -> Json | None:
    if row["outcome_code"] is None:
        return None
    return compact(
        code=row["outcome_code"],
        description=row["outcome_description"],
        attended=flag(row["attended"]),
        complied=flag(row["complied"]),
        enforcementAction=coded(row["enforcement_code"], row["enforcement_description"]),
    )


def may_read_sensitive(connection: sqlite3.Connection, person_id: int, username: str | None) -> bool:
    """Return whether a user may read sensitive notes: a member of the team that manages the person."""
    return exists(
        connection,
        "SELECT 1 FROM manager JOIN staff_team USING (team_id) JOIN account ON account.staff_id = staff_team.staff_id"
        " WHERE person_id = ? AND manager.active AND username = ?",
        person_id,
        username,
    )


def minute(wall_time: datetime) -> str:
    """Return a wall time in the format of contacts."""
    return wall_time.isoformat(timespec="minutes")
