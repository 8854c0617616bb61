"""Authorisation and lookups shared by the operations of the integration service."""

import sqlite3
from datetime import date, datetime

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from simulator.auth.tokens import CLIENT_ROLE, Actor, authenticate
from simulator.database.store import exists, row_or_none
from simulator.http.errors import Problem, not_found
from simulator.state import current

blueprint = Blueprint("integration", __name__, url_prefix="/delius")

READS = {"GET", "HEAD", "OPTIONS"}


@blueprint.before_request
def _authorise() -> None:
    """Raise a Problem: 401 without a valid token, 403 without the role or, for a write, without a Delius user."""
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
    """Health check."""
    return {"status": "UP"}


def actor() -> Actor:
    """Return the caller of the current request."""
    caller: Actor = g.actor
    return caller


def wall_time() -> datetime:
    """Return the current Europe/London wall time."""
    return current().clock.wall_time()


def today() -> date:
    """Return today's date in Europe/London."""
    return current().clock.today()


def account_of(connection: sqlite3.Connection, username: str) -> sqlite3.Row | None:
    """Return a user's account in Delius (case-insensitive), or None."""
    return row_or_none(
        connection, "SELECT * FROM account WHERE username = ? AND auth_source = 'delius'", username.upper()
    )


def limited_access(
    connection: sqlite3.Connection, person: sqlite3.Row, username: str | None
) -> tuple[bool, str | None]:
    """Return whether a person's record has limited access for a user, and Delius's message, if any.

    A restricted record has limited access for an unknown user.
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
    limited, message = limited_access(connection, person, actor().username)
    if limited:
        raise Problem(403, message)
    return person


def event_of(connection: sqlite3.Connection, person: sqlite3.Row, event_id: int) -> sqlite3.Row:
    """Return an event of a person. Raises a 404 Problem where there is none."""
    event = row_or_none(connection, "SELECT * FROM event WHERE id = ? AND person_id = ?", event_id, person["id"])
    if event is None:
        raise not_found("Event", event_id)
    return event
