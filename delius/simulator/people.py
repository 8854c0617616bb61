"""Finding a person on probation, and who may see them."""

import sqlite3
from dataclasses import dataclass

from delius.simulator.errors import Refusal
from delius.simulator.store import exists, row_or_none
from delius.simulator.tokens import Actor


@dataclass(frozen=True)
class Access:
    """Whether a user is kept from a record, and the record's own message about it."""

    restricted: bool
    excluded: bool
    restriction_message: str | None
    exclusion_message: str | None

    @property
    def allowed(self) -> bool:
        """Return whether the user may see the record."""
        return not (self.restricted or self.excluded)


def person_by_crn(connection: sqlite3.Connection, crn: str) -> sqlite3.Row:
    """Return the person with a CRN. Raises a 404 Refusal where there is none."""
    person = row_or_none(connection, "SELECT * FROM person WHERE crn = ?", crn)
    if person is None:
        raise Refusal(404, f"Offender with CRN {crn} does not exist")
    return person


def access(connection: sqlite3.Connection, person: sqlite3.Row, username: str) -> Access:
    """Return what keeps a user from a person's record."""
    restricted = exists(connection, "SELECT 1 FROM restriction WHERE person_id = ?", person["id"]) and not exists(
        connection, "SELECT 1 FROM restriction WHERE person_id = ? AND username = ?", person["id"], username
    )
    excluded = exists(
        connection, "SELECT 1 FROM exclusion WHERE person_id = ? AND username = ?", person["id"], username
    )
    return Access(
        restricted=restricted,
        excluded=excluded,
        restriction_message=person["restriction_message"] if restricted else None,
        exclusion_message=person["exclusion_message"] if excluded else None,
    )


def accessible_person(connection: sqlite3.Connection, crn: str, actor: Actor) -> sqlite3.Row:
    """Return the person with a CRN.

    Raises a 404 Refusal where there is none, and a 403 one where the token acts for a user who may not see the record.
    """
    person = person_by_crn(connection, crn)
    if actor.username:
        limits = access(connection, person, actor.username)
        if not limits.allowed:
            raise Refusal(403, limits.restriction_message or limits.exclusion_message or "Access is denied")
    return person


def event_of(connection: sqlite3.Connection, person: sqlite3.Row, event_id: int) -> sqlite3.Row | None:
    """Return an event of this person, or None."""
    return row_or_none(connection, "SELECT * FROM event WHERE id = ? AND person_id = ?", event_id, person["id"])
