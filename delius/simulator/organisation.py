"""Whether a provider, a team and a member of staff belong together."""

import sqlite3

from delius.simulator.errors import bad_request
from delius.simulator.store import exists, row_or_none


def check_manager(connection: sqlite3.Connection, *, provider: str, team: str, staff: str) -> None:
    """Raise a 400 Refusal unless the team belongs to the provider and the member of staff to the team."""
    found = row_or_none(
        connection,
        "SELECT team.id FROM team JOIN provider ON provider_id = provider.id"
        " WHERE team.code = ? AND team.active AND provider.code = ?",
        team,
        provider,
    )
    if found is None:
        raise bad_request(f"Team with code '{team}' does not exist at provider '{provider}'")
    if not exists(
        connection,
        "SELECT 1 FROM staff JOIN staff_team ON staff_id = staff.id WHERE staff.code = ? AND team_id = ?",
        staff,
        found["id"],
    ):
        raise bad_request(f"Staff with code '{staff}' does not exist in team '{team}'")
