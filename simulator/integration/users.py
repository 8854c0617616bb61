"""Operations of users: their details and their cases."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database.store import row_or_none, rows
from simulator.http import serializers
from simulator.http.errors import Json, not_found
from simulator.http.request_parsing import PageQuery, parse_query
from simulator.integration.service import account_of, blueprint, limited_access, today, wall_time
from simulator.rules import names, rar_days
from simulator.state import current

TEAMS = (
    "SELECT team.*, provider.code AS provider_code, provider.description AS provider_description FROM team"
    " JOIN staff_team ON team_id = team.id JOIN provider ON provider.id = provider_id"
    " WHERE staff_id = ? AND team.active ORDER BY staff_team.rowid"
)
CASELOAD = (
    "SELECT DISTINCT person.* FROM person JOIN manager ON person_id = person.id WHERE manager.active"
    " AND CASE ? WHEN 'USER' THEN staff_id = ? ELSE manager.team_id IN (SELECT value FROM json_each(?)) END"
)
NEXT_APPOINTMENTS = (
    "SELECT *, min(starts) FROM appointment WHERE person_id IN (SELECT value FROM json_each(?)) AND starts >= ?"
    " AND outcome_code IS NULL AND NOT soft_deleted GROUP BY person_id"
)
WITHOUT_OUTCOME = (
    "SELECT person_id, count(*) AS number FROM appointment WHERE person_id IN (SELECT value FROM json_each(?))"
    " AND starts < ? AND outcome_code IS NULL AND NOT soft_deleted GROUP BY person_id"
)


class CasesQuery(PageQuery):
    """The query of getCases."""

    scope: Literal["USER", "TEAMS"] = "USER"
    search: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    sort: Literal["NAME", "CRN", "NEXT_APPOINTMENT", "RAR_DAYS_LEFT"] = "NAME"
    only: Literal["OUTCOMES_TO_RECORD", "RAR_DAYS_AT_RISK"] | None = None


class Case:
    """A row of a case list. `message` is Delius's for a `limited` record."""

    def __init__(self, person: sqlite3.Row, access: tuple[bool, str | None]) -> None:
        self.person = person
        self.limited, self.message = access
        self.next_appointment: sqlite3.Row | None = None
        self.without_outcome = 0
        self.rar: list[rar_days.RarDays] = []

    def matches_search(self, search: str) -> bool:
        """Return whether the case matches a search; a limited one only matches by its CRN."""
        person = self.person
        if names.is_crn(search, person["crn"]):
            return True
        known = (person["forename"], person["middle_name"], person["surname"], person["preferred_name"])
        return not self.limited and names.matches(search, *known)

    def sort_key(self, sort: str) -> tuple[Any, ...]:
        """Return the sort key: limited cases last, ties by name."""
        person = self.person
        if self.limited:
            return True, person["crn"]
        first: tuple[Any, ...] = ()
        if sort == "CRN":
            first = (person["crn"],)
        elif sort == "NEXT_APPOINTMENT":
            first = (self.next_appointment["starts"] if self.next_appointment else "~",)
        elif sort == "RAR_DAYS_LEFT":
            left = [requirement.left for requirement in self.rar if requirement.left is not None]
            first = (not left, sum(left))
        return False, *first, *names.sort_key(person["surname"], person["forename"]), person["crn"]

    def matches_filter(self, only: str | None) -> bool:
        """Return whether the case matches the filter `only`."""
        if only == "OUTCOMES_TO_RECORD":
            return self.without_outcome > 0
        return only is None or any(requirement.at_risk for requirement in self.rar)

    def serialize(self) -> Json:
        """Return the CaseRow."""
        access = serializers.compact(limited=self.limited, message=self.message)
        if self.limited:
            return {"crn": self.person["crn"], "access": access}
        upcoming = self.next_appointment
        return serializers.compact(
            crn=self.person["crn"],
            access=access,
            name=serializers.name(self.person["forename"], self.person["surname"], self.person["middle_name"]),
            preferredName=self.person["preferred_name"],
            dateOfBirth=self.person["date_of_birth"],
            rarRequirements=[requirement.json for requirement in self.rar],
            nextAppointment=serializers.appointment_summary(upcoming) if upcoming else None,
            appointmentsWithoutOutcome=self.without_outcome,
        )


@blueprint.get("/users/<username>", endpoint="getUser")
def get_user(username: str) -> ResponseReturnValue:
    """Return a Delius user, their staff record and their open teams."""
    with current().store.reading() as connection:
        account = account_of(connection, username)
        if account is None:
            raise not_found("User", username)
        staff = row_or_none(connection, "SELECT * FROM staff WHERE id = ?", account["staff_id"])
        return serializers.compact(
            username=account["username"],
            enabled=bool(account["active"]),
            email=account["email"],
            staff={
                "code": staff["code"],
                "name": serializers.name(staff["forename"], staff["surname"]),
                "teams": [serializers.team(row) for row in rows(connection, TEAMS, staff["id"])],
            }
            if staff
            else None,
        )


@blueprint.get("/users/<username>/cases", endpoint="getCases")
def get_cases(username: str) -> ResponseReturnValue:
    """Return a page of the cases that a user, or their teams, manage."""
    asked = parse_query(CasesQuery)
    with current().store.reading() as connection:
        account = account_of(connection, username)
        if account is None or account["staff_id"] is None:
            raise not_found("Staff record of user", username)
        teams = json.dumps([row["id"] for row in rows(connection, TEAMS, account["staff_id"])])
        found = [
            Case(person, limited_access(connection, person, account["username"]))
            for person in rows(connection, CASELOAD, asked.scope, account["staff_id"], teams)
        ]
        if asked.search is not None:
            found = [case for case in found if case.matches_search(asked.search)]
        if asked.only or asked.sort in ("NEXT_APPOINTMENT", "RAR_DAYS_LEFT"):
            _read_facts(connection, found)
            found = [case for case in found if case.matches_filter(asked.only)]
        found.sort(key=lambda case: case.sort_key(asked.sort))
        page = asked.slice(found)
        _read_facts(connection, page)
        return {"cases": [case.serialize() for case in page], **asked.totals(len(found))}


def _read_facts(connection: sqlite3.Connection, cases: Iterable[Case]) -> None:
    """Read the RAR days and the appointments of the cases that are not limited."""
    by_person = {case.person["id"]: case for case in cases if not case.limited}
    people, now = json.dumps(list(by_person)), serializers.minute(wall_time())
    for case in by_person.values():
        case.rar = []
    for requirement in rar_days.count(connection, by_person, today()):
        if requirement.in_force:
            by_person[requirement.person_id].rar.append(requirement)
    for row in rows(connection, NEXT_APPOINTMENTS, people, now):
        by_person[row["person_id"]].next_appointment = row
    for row in rows(connection, WITHOUT_OUTCOME, people, now):
        by_person[row["person_id"]].without_outcome = row["number"]
