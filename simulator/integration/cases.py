"""Operations of one person on probation."""

import json
import sqlite3
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database.store import exists, row_or_none, rows
from simulator.http import serializers
from simulator.http.errors import Json, not_found
from simulator.http.request_parsing import Model, parse_query
from simulator.integration.service import accessible_person, account_of, blueprint, limited_access, person_by_crn, today
from simulator.rules import rar_days
from simulator.state import current

MAX_FLAG_NOTES = 1500
UNALLOCATED = "U"
"""The last character of the staff code of an unallocated officer."""

MANAGER = (
    "SELECT team.*, manager.staff_id, manager.team_id, staff.code AS staff_code, forename, surname,"
    " provider.code AS provider_code, provider.description AS provider_description FROM manager"
    " JOIN team ON team.id = team_id JOIN provider ON provider.id = provider_id JOIN staff ON staff.id = staff_id"
    " WHERE person_id = ? AND manager.active"
)
REQUIREMENTS = (
    "SELECT requirement.*, description FROM requirement JOIN requirement_category ON code = category_code"
    " WHERE event_id = ? AND NOT soft_deleted ORDER BY id"
)


class CaseQuery(Model):
    """The query of getCase."""

    username: Annotated[str, Field(min_length=1, max_length=60)]


@blueprint.get("/cases/<crn>", endpoint="getCase")
def get_case(crn: str) -> ResponseReturnValue:
    """Return a case; for limited access its access details only (not an error)."""
    username = parse_query(CaseQuery).username
    with current().store.reading() as connection:
        person = person_by_crn(connection, crn)
        account = account_of(connection, username)
        if account is None:
            raise not_found("User", username)
        manager = row_or_none(connection, MANAGER, person["id"])
        limited, message = limited_access(connection, person, account["username"])
        told = {
            "crn": crn,
            "access": serializers.compact(limited=limited, message=message),
            "relation": _relation(connection, manager, account["staff_id"]),
        }
        return told if limited else {**told, **_details(connection, person, manager)}


@blueprint.get("/cases/<crn>/risk-flags", endpoint="getRiskFlags")
def get_risk_flags(crn: str) -> ResponseReturnValue:
    """Return a person's active registrations, the latest first."""
    with current().store.reading() as connection:
        flags = rows(
            connection,
            "SELECT * FROM registration WHERE person_id = ? AND active ORDER BY start_date DESC, id DESC",
            accessible_person(connection, crn)["id"],
        )
    return {"riskFlags": [_risk_flag(row) for row in flags]}


def _risk_flag(row: sqlite3.Row) -> Json:
    return serializers.compact(
        id=row["id"],
        type=serializers.coded(row["type_code"], row["type_description"]),
        level=serializers.coded(row["level_code"], row["level_description"]),
        startDate=row["start_date"],
        nextReviewDate=row["next_review_date"],
        notes=row["notes"][:MAX_FLAG_NOTES] if row["notes"] else None,
    )


def _relation(connection: sqlite3.Connection, manager: sqlite3.Row | None, staff_id: int | None) -> str:
    if manager is None or staff_id is None:
        return "OTHER"
    if manager["staff_id"] == staff_id:
        return "USER"
    of_team = exists(
        connection,
        "SELECT 1 FROM staff_team JOIN team ON team.id = team_id WHERE staff_id = ? AND team_id = ? AND active",
        staff_id,
        manager["team_id"],
    )
    return "TEAM" if of_team else "OTHER"


def _details(connection: sqlite3.Connection, person: sqlite3.Row, manager: sqlite3.Row | None) -> Json:
    counted = {
        requirement.requirement_id: requirement.json
        for requirement in rar_days.count(connection, [person["id"]], today())
    }
    events = rows(connection, "SELECT * FROM event WHERE person_id = ? AND active ORDER BY id", person["id"])
    circumstances = rows(
        connection,
        "SELECT * FROM personal_circumstance WHERE person_id = ? AND (end_date IS NULL OR end_date > ?)"
        " ORDER BY start_date DESC, id",
        person["id"],
        today().isoformat(),
    )
    flags = row_or_none(
        connection, "SELECT count(*) AS number FROM registration WHERE person_id = ? AND active", person["id"]
    )
    return serializers.compact(
        name=serializers.name(person["forename"], person["surname"], person["middle_name"]),
        preferredName=person["preferred_name"],
        dateOfBirth=person["date_of_birth"],
        gender=serializers.coded(person["gender_code"], person["gender"]),
        mobileNumber=person["mobile_number"],
        telephoneNumber=person["telephone_number"],
        manager=_manager(manager) if manager else None,
        language=json.loads(person["language"]) if person["language"] else None,
        disabilities=json.loads(person["disabilities"] or "[]"),
        circumstances=[
            serializers.compact(
                type=serializers.coded(row["type_code"], row["type_description"]),
                description=row["description"],
                startDate=row["start_date"],
                notes=row["notes"],
            )
            for row in circumstances
        ],
        riskFlagCount=flags["number"] if flags else 0,
        events=[_event(connection, row, counted) for row in events],
    )


def _manager(row: sqlite3.Row) -> Json:
    return {
        "staffCode": row["staff_code"],
        "name": serializers.name(row["forename"], row["surname"]),
        "team": serializers.team(row),
        "unallocated": row["staff_code"].endswith(UNALLOCATED),
    }


def _event(connection: sqlite3.Connection, event: sqlite3.Row, counted: dict[int, Json]) -> Json:
    return serializers.compact(
        eventId=event["id"],
        number=event["event_number"],
        referralDate=event["referral_date"],
        mainOffence=event["main_offence"],
        order=serializers.compact(
            description=event["order_description"],
            legislation=event["legislation"],
            startDate=event["order_start"],
            endDate=event["order_end"],
        )
        or None,
        requirements=[
            serializers.compact(
                requirementId=row["id"],
                mainCategory=serializers.coded(row["category_code"], row["description"]),
                subCategory=serializers.coded(row["sub_category_code"], row["sub_category_description"]),
                length=row["length"],
                lengthUnit=row["length_unit"],
                startDate=row["start_date"],
                terminationDate=row["termination_date"],
                rar=counted.get(row["id"]),
            )
            for row in rows(connection, REQUIREMENTS, event["id"])
        ],
    )
