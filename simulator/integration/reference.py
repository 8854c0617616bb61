"""Operations of reference data."""

import sqlite3
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.database.store import exists, row_or_none, rows
from simulator.datasets.reference import RAR_CATEGORY
from simulator.http import serializers
from simulator.http.errors import Json, not_found
from simulator.http.request_parsing import Code20, Model, parse_query
from simulator.integration.service import blueprint
from simulator.rules.appointments import outcomes_of
from simulator.state import current


class NsiTypesQuery(Model):
    """The query of getNsiTypes."""

    code: Annotated[list[Code20], Field(max_length=50)] = Field(default_factory=list)


@blueprint.get("/appointment-types", endpoint="getAppointmentTypes")
def get_appointment_types() -> ResponseReturnValue:
    """Return the contact types of appointments that may be created by hand."""
    with current().store.reading() as connection:
        linked: dict[str, list[str]] = {}
        for row in rows(connection, "SELECT * FROM contact_type_nsi_type ORDER BY nsi_type_code"):
            linked.setdefault(row["contact_type_code"], []).append(row["nsi_type_code"])
        kinds = rows(connection, "SELECT * FROM contact_type WHERE attendance ORDER BY description")
    return {
        "appointmentTypes": [
            {
                "code": row["code"],
                "description": row["description"],
                "legislations": [name for name, applies in (("CJA", row["cja"]), ("LEGACY", row["legacy"])) if applies],
                "location": row["location"],
                "nsiTypeCodes": linked.get(row["code"], []),
                "forPersonOnly": bool(row["for_person_only"]),
            }
            for row in kinds
        ]
    }


@blueprint.get("/appointment-types/<type_code>/outcomes", endpoint="getOutcomes")
def get_outcomes(type_code: str) -> ResponseReturnValue:
    """Return the outcomes of an appointment type."""
    with current().store.reading() as connection:
        if not exists(connection, "SELECT 1 FROM contact_type WHERE code = ? AND attendance", type_code):
            raise not_found("Appointment type", type_code)
        return {
            "outcomes": [
                serializers.compact(
                    code=outcome.code,
                    description=outcome.description,
                    attended=outcome.attended,
                    complied=outcome.complied,
                    acceptableAbsence=None if outcome.attended else outcome.complied,
                    enforcementActions=[serializers.coded(code, text) for code, text in outcome.actions.items()],
                )
                for outcome in outcomes_of(connection, type_code)
            ]
        }


@blueprint.get("/nsi-types", endpoint="getNsiTypes")
def get_nsi_types() -> ResponseReturnValue:
    """Return the NSI types with the given codes, or all that a RAR requirement allows."""
    codes = parse_query(NsiTypesQuery).code
    with current().store.reading() as connection:
        if not codes:
            allowed = rows(
                connection,
                "SELECT nsi_type_code FROM requirement_category_nsi_type WHERE category_code = ?",
                RAR_CATEGORY,
            )
            codes = [row["nsi_type_code"] for row in allowed]
        found = [
            row
            for code in sorted(set(codes))
            if (row := row_or_none(connection, "SELECT * FROM nsi_type WHERE code = ?", code))
        ]
        return {"nsiTypes": [_nsi_type(connection, row) for row in found]}


def _nsi_type(connection: sqlite3.Connection, nsi_type: sqlite3.Row) -> Json:
    code = nsi_type["code"]
    sub_types = rows(connection, "SELECT * FROM nsi_sub_type WHERE nsi_type_code = ? ORDER BY code", code)
    statuses = rows(
        connection,
        "SELECT nsi_status.* FROM nsi_type_status JOIN nsi_status ON status_code = code WHERE nsi_type_code = ?",
        code,
    )
    providers = rows(connection, "SELECT * FROM nsi_type_provider WHERE nsi_type_code = ?", code)
    return serializers.compact(
        code=code,
        description=nsi_type["description"],
        selectable=bool(nsi_type["selectable"]),
        subTypes=[serializers.coded(row["code"], row["description"]) for row in sub_types],
        statuses=[serializers.coded(row["code"], row["description"]) for row in statuses],
        lengthUnit=nsi_type["length_unit"],
        minimumLength=nsi_type["minimum_length"],
        maximumLength=nsi_type["maximum_length"],
        allowsDuplicates=bool(nsi_type["allows_duplicates"]),
        providerCodes=[row["provider_code"] for row in providers] or None,
    )


@blueprint.get("/teams/<team_code>/offices", endpoint="getOffices")
def get_offices(team_code: str) -> ResponseReturnValue:
    """Return the open offices of an open team."""
    with current().store.reading() as connection:
        team = row_or_none(connection, "SELECT id FROM team WHERE code = ? AND active", team_code)
        if team is None:
            raise not_found("Team", team_code)
        offices = rows(
            connection,
            "SELECT office.* FROM team_office JOIN office ON office_code = code WHERE team_id = ? AND active"
            " ORDER BY description, code",
            team["id"],
        )
    return {"offices": [serializers.office(row, code="code", description="description") for row in offices]}
