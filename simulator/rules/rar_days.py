"""Calculation of RAR days: several sessions on one day count as one day."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.database.store import rows
from simulator.datasets.reference import RAR_CATEGORY
from simulator.http.errors import Json
from simulator.http.serializers import compact

PACE_DAYS = 56
"""The period of the pace: 8 weeks, today included."""

REQUIREMENTS = (
    "SELECT requirement.*, event.person_id, order_end FROM requirement JOIN event ON event_id = event.id"
    " WHERE person_id IN (SELECT value FROM json_each(?)) AND event.active AND category_code = ?"
    " AND NOT requirement.soft_deleted ORDER BY requirement.id"
)
DAYS = (
    "SELECT coalesce(contact.requirement_id, nsi.requirement_id) AS requirement_id, date(starts) AS day,"
    " max(coalesce(attended, 0)) AS completed FROM contact"
    " JOIN contact_type ON contact_type.code = contact.type_code AND attendance"
    " LEFT JOIN nsi ON nsi.id = nsi_id LEFT JOIN contact_outcome ON contact_outcome.code = outcome_code"
    " WHERE contact.person_id IN (SELECT value FROM json_each(?)) AND rar_activity AND NOT contact.soft_deleted"
    " AND (attended OR (outcome_code IS NULL AND starts >= ?)) GROUP BY 1, 2"
)


@dataclass(frozen=True)
class RarDays:
    """The RAR days of one requirement that is not soft-deleted, on an active event."""

    person_id: int
    requirement_id: int
    in_force: bool
    left: int | None
    at_risk: bool
    json: Json


def in_force(requirement: sqlite3.Row, day: date) -> bool:
    """Return whether a requirement is neither soft-deleted nor terminated on a day or earlier."""
    ended = requirement["termination_date"]
    return not requirement["soft_deleted"] and (ended is None or str(ended) > day.isoformat())


def count(connection: sqlite3.Connection, person_ids: Iterable[int], today: date) -> list[RarDays]:
    """Return the RAR days of people's RAR requirements, also ended ones, in order of requirement."""
    people = json.dumps(list(person_ids))
    completed: dict[int, list[str]] = {}
    booked: dict[int, int] = {}
    for row in rows(connection, DAYS, people, today.isoformat()):
        if row["completed"]:
            completed.setdefault(row["requirement_id"], []).append(row["day"])
        else:
            booked[row["requirement_id"]] = booked.get(row["requirement_id"], 0) + 1
    return [
        _of(row, completed.get(row["id"], []), booked.get(row["id"], 0), today)
        for row in rows(connection, REQUIREMENTS, people, RAR_CATEGORY)
    ]


def _of(requirement: sqlite3.Row, completed: list[str], booked: int, today: date) -> RarDays:
    ordered = requirement["length"] if requirement["length_unit"] == "Days" else None
    left = None if ordered is None else ordered - len(completed) - booked
    pace_from = (today - timedelta(days=PACE_DAYS)).isoformat()
    recent = sum(pace_from < day <= today.isoformat() for day in completed)
    ends_on = min(filter(None, (requirement["termination_date"], requirement["order_end"])), default=None)
    at_risk = False
    if left is not None and left > 0 and ends_on is not None:
        days_to_come = max((date.fromisoformat(ends_on) - today).days, 0)
        at_risk = left * PACE_DAYS > recent * days_to_come
    return RarDays(
        person_id=requirement["person_id"],
        requirement_id=requirement["id"],
        in_force=in_force(requirement, today),
        left=left,
        at_risk=at_risk,
        json=compact(
            requirementId=requirement["id"],
            eventId=requirement["event_id"],
            ordered=ordered,
            completed=len(completed),
            booked=booked,
            completedInLast8Weeks=recent,
            endsOn=ends_on,
            atRisk=at_risk,
        ),
    )
