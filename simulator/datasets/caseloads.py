"""Data set for load tests: 64 practitioners of one team, each with a caseload of 16."""

import sqlite3
from datetime import date, datetime

from simulator.database.store import insert, row_or_none
from simulator.datasets import reference
from simulator.datasets.demo import ROBIN, Loader, Officer, Person

PRACTITIONERS = 64
# 250,000 people on probation and 16,000 practitioners.
CASELOAD = 16
FIRST_STAFF_ID = 20001
FIRST_USER_ID = 20001


def username(number: int) -> str:
    """Return the user name of a practitioner, counted from 1."""
    return f"CREW.PRACTITIONER{number}"


def crn(practitioner: int, number: int) -> str:
    """Return the CRN of a person on a practitioner's caseload, both counted from 1."""
    return f"Y{(practitioner - 1) * CASELOAD + number:06d}"


def load(connection: sqlite3.Connection, now: datetime) -> None:
    """Load the reference data, the practitioners and their caseloads."""
    reference.load(connection)
    officers = [_practitioner(connection, number) for number in range(1, PRACTITIONERS + 1)]
    Loader(connection, now).load_people(
        Person(crn(practitioner, number), "Sample", f"Crew{practitioner}x{number}", date(1990, 1, 1), officer=officer)
        for practitioner, officer in enumerate(officers, start=1)
        for number in range(1, CASELOAD + 1)
    )


def _practitioner(connection: sqlite3.Connection, number: int) -> Officer:
    """Insert a practitioner of the team on toolkits, with the roles of the demo's practitioner."""
    like = row_or_none(connection, "SELECT * FROM account WHERE staff_id = ?", ROBIN.staff_id)
    assert like
    staff_id, code, name = FIRST_STAFF_ID + number - 1, f"N90Y{number:03d}", ("Crew", f"Practitioner{number}")
    insert(connection, "staff", {"id": staff_id, "code": code, "forename": name[0], "surname": name[1]})
    insert(connection, "staff_team", {"staff_id": staff_id, "team_id": ROBIN.team_id})
    account = dict(like) | {
        "username": username(number),
        "user_id": FIRST_USER_ID + number - 1,
        "name": " ".join(name),
        "staff_id": staff_id,
        "email": f"{username(number).lower()}@example.test",
    }
    insert(connection, "account", account)
    return Officer(staff_id, code, ROBIN.team_id, ROBIN.team_code)
