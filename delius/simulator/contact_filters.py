"""Which of a person's contacts a request asks for. Soft-deleted contacts are never shown."""

import sqlite3
from collections.abc import Callable, Iterable

from flask import request

from delius.simulator.errors import bad_request
from delius.simulator.requests_read import query_date, query_flag, query_list, query_number
from delius.simulator.store import rows

Condition = Callable[[sqlite3.Row], bool]

CONTACTS = (
    "SELECT contact.*, attendance, national_standard, attended, complied FROM contact"
    " JOIN contact_type ON type_code = contact_type.code"
    " LEFT JOIN contact_outcome ON outcome_code = contact_outcome.code"
    " WHERE person_id = ? AND NOT soft_deleted"
)
ATTENDANCE = {"ATTENDED": (1,), "UNATTENDED": (0,), "NOT_RECORDED": (None,)}


def appointments_of(connection: sqlite3.Connection, person: sqlite3.Row) -> list[sqlite3.Row]:
    """Return the person's appointments that match the request's from, to and attended, earliest first."""
    attended = request.args.get("attended")
    if attended and attended not in ATTENDANCE:
        raise bad_request(f"attended '{attended}' is not one of {', '.join(ATTENDANCE)}")
    conditions = [lambda row: bool(row["attendance"]), *_dates("from", "to")]
    if attended:
        conditions.append(lambda row: row["attended"] in ATTENDANCE[attended])
    return _matching(rows(connection, CONTACTS + " ORDER BY starts, contact.id", person["id"]), conditions)


def contacts_of(connection: sqlite3.Connection, person: sqlite3.Row) -> list[sqlite3.Row]:
    """Return the person's contacts that match the request's filters, latest first."""
    if "include" in request.args:
        raise bad_request("The simulator does not know the filter 'include'")
    conditions: list[Condition] = [*_dates("from", "to"), *_dates("contactDateFrom", "contactDateTo")]
    if query_flag("appointmentsOnly"):
        conditions.append(lambda row: bool(row["attendance"]))
    conviction_id = query_number("convictionId")
    if conviction_id is not None:
        conditions.append(lambda row: row["event_id"] == conviction_id)
    codes = set(query_list("contactTypes"))
    if codes:
        conditions.append(lambda row: row["type_code"] in codes)
    has_outcome = query_flag("outcome")
    if has_outcome is not None:
        conditions.append(lambda row: (row["outcome_code"] is not None) == has_outcome)
    for name, column in (
        ("attended", "attended"),
        ("complied", "complied"),
        ("nationalStandard", "national_standard"),
        ("rarActivity", "rar_activity"),
    ):
        conditions.extend(_flag(name, column))
    return _matching(rows(connection, CONTACTS + " ORDER BY starts DESC, contact.id DESC", person["id"]), conditions)


def _flag(name: str, column: str) -> Iterable[Condition]:
    wanted = query_flag(name)
    if wanted is not None:
        yield lambda row: row[column] is not None and bool(row[column]) == wanted


def _dates(first_name: str, last_name: str) -> Iterable[Condition]:
    first, last = query_date(first_name), query_date(last_name)
    if first:
        yield lambda row: row["starts"][:10] >= first.isoformat()
    if last:
        yield lambda row: row["starts"][:10] <= last.isoformat()


def _matching(found: list[sqlite3.Row], conditions: Iterable[Condition]) -> list[sqlite3.Row]:
    wanted = list(conditions)
    return [row for row in found if all(condition(row) for condition in wanted)]
