"""What every operation of the integration service shares: who may call it, and finding the person it is about."""

import sqlite3
from datetime import date, datetime

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from simulator.errors import Problem, not_found
from simulator.state import current
from simulator.store import exists, row_or_none
from simulator.tokens import CLIENT_ROLE, Actor, authenticate

blueprint = Blueprint("integration", __name__, url_prefix="/delius")

READS = {"GET", "HEAD", "OPTIONS"}


@blueprint.before_request
def _guard() -> None:
    """Raise a Problem: 401 without a usable token, 403 without the role or, for a write, without a user of Delius."""
    if request.endpoint == "integration.delius_health":
        return
    caller = authenticate()
    if CLIENT_ROLE not in caller.authorities:
        raise Problem(403, f"The token lacks {CLIENT_ROLE}")
    g.actor = caller
    if request.method not in READS:
        with current().store.reading() as connection:
            if account_of(connection, caller.username or "") is None:
                raise Problem(403, "A write needs a token that acts for a user of Delius")


@blueprint.get("/health/ping", endpoint="delius_health")
def health() -> ResponseReturnValue:
    """Say that the service is up."""
    return {"status": "UP"}


def actor() -> Actor:
    """Return who sent the present request."""
    caller: Actor = g.actor
    return caller


def wall_time() -> datetime:
    """Return the current Europe/London wall time."""
    return current().clock.wall_time()


def today() -> date:
    """Return today's date in Europe/London."""
    return current().clock.today()


def account_of(connection: sqlite3.Connection, username: str) -> sqlite3.Row | None:
    """Return a user's account in Delius, whatever the case of their name, or None."""
    return row_or_none(
        connection, "SELECT * FROM account WHERE username = ? AND auth_source = 'delius'", username.upper()
    )


def limits(connection: sqlite3.Connection, person: sqlite3.Row, username: str | None) -> tuple[bool, str | None]:
    """Return whether a user is kept from a person's record, and Delius's own words about it where it has some.

    A user who is not known, or not named, is kept from records that are restricted to others.
    """
    restricted = exists(connection, "SELECT 1 FROM restriction WHERE person_id = ?", person["id"]) and not exists(
        connection, "SELECT 1 FROM restriction WHERE person_id = ? AND username = ?", person["id"], username
    )
    if restricted:
        return True, person["restriction_message"]
    excluded = exists(
        connection, "SELECT 1 FROM exclusion WHERE person_id = ? AND username = ?", person["id"], username
    )
    return excluded, person["exclusion_message"] if excluded else None


def person_by_crn(connection: sqlite3.Connection, crn: str) -> sqlite3.Row:
    """Return the person with a CRN. Raises a 404 Problem where there is none."""
    person = row_or_none(connection, "SELECT * FROM person WHERE crn = ?", crn)
    if person is None:
        raise not_found("Person with CRN", crn)
    return person


def accessible_person(connection: sqlite3.Connection, crn: str) -> sqlite3.Row:
    """Return the person with a CRN.

    Raises a Problem: 404 where there is none, 403 where the token's user may not see the record.
    """
    person = person_by_crn(connection, crn)
    limited, message = limits(connection, person, actor().username)
    if limited:
        raise Problem(403, message)
    return person


def event_of(connection: sqlite3.Connection, person: sqlite3.Row, event_id: int) -> sqlite3.Row:
    """Return an event of this person. Raises a 404 Problem where they have no such event."""
    event = row_or_none(connection, "SELECT * FROM event WHERE id = ? AND person_id = ?", event_id, person["id"])
    if event is None:
        raise not_found("Event", event_id)
    return event
