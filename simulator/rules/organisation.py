"""Rules for managers: provider, team and member of staff."""

import sqlite3
from typing import Annotated

from pydantic import Field

from simulator.database.store import exists
from simulator.http.errors import bad_request
from simulator.http.request_parsing import Model


class Manager(Model):
    """The manager of an NSI or an appointment."""

    provider_code: Annotated[str, Field(min_length=1, max_length=3)]
    team_code: Annotated[str, Field(min_length=1, max_length=6)]
    staff_code: Annotated[str, Field(min_length=1, max_length=7)]


def check_manager(connection: sqlite3.Connection, manager: Manager) -> None:
    """Raise a 400 Problem unless the open team is in the provider and the member of staff in the team."""
    if not exists(
        connection,
        "SELECT 1 FROM team JOIN provider ON provider_id = provider.id"
        " WHERE team.code = ? AND team.active AND provider.code = ?",
        manager.team_code,
        manager.provider_code,
    ):
        raise bad_request("manager.teamCode", f"Team {manager.team_code} is not in provider {manager.provider_code}")
    if not exists(
        connection,
        "SELECT 1 FROM staff JOIN staff_team ON staff_id = staff.id JOIN team ON team_id = team.id"
        " WHERE staff.code = ? AND team.code = ?",
        manager.staff_code,
        manager.team_code,
    ):
        raise bad_request("manager.staffCode", f"{manager.staff_code} is not in team {manager.team_code}")
