"""Records as the services show them: field names of the OpenAPI documents, fields without a value left out."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from delius.simulator.clock import with_offset
from delius.simulator.datasets.reference import RAR_CATEGORY
from delius.simulator.state import current
from delius.simulator.store import row_or_none, rows

Json = dict[str, Any]


def compact(**fields: Any) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def flag(value: int | None) -> bool | None:
    """Return a stored flag as a boolean, None where it was never set."""
    return None if value is None else bool(value)


def key_value(code: str | None, description: str | None) -> Json | None:
    """Return a code and its description, or None without a code."""
    return None if code is None else compact(code=code, description=description)


def moment(wall_time: str | None) -> str | None:
    """Return a stored wall time as a date-time, with its offset unless the switch for naive times is on."""
    if wall_time is None or current().switches.naive_times:
        return wall_time if wall_time is None or len(wall_time) > 16 else f"{wall_time}:00"
    return with_offset(wall_time)


def find(connection: sqlite3.Connection, table: str, column: str, value: object) -> sqlite3.Row:
    """Return the one row of a table (trusted name) that must be there."""
    row = row_or_none(connection, " ".join(("SELECT * FROM", table, "WHERE", column, "= ?")), value)
    if row is None:
        raise LookupError(f"{table}.{column} {value}")
    return row


def provider(row: sqlite3.Row) -> Json:
    """Return a ProbationArea; the code is missing where the provider has none."""
    return compact(probationAreaId=row["id"], code=row["code"], description=row["description"], nps=True)


def team(row: sqlite3.Row) -> Json:
    """Return a Team."""
    return compact(
        code=row["code"],
        description=row["description"],
        telephone=row["telephone"],
        district={"code": row["district"][:6].strip().upper(), "description": row["district"]},
    )


def human(row: sqlite3.Row) -> Json:
    """Return a Human."""
    return {"forenames": row["forenames"], "surname": row["surname"]}


def staff_human(row: sqlite3.Row) -> Json:
    """Return a StaffHuman."""
    return {"code": row["code"], **human(row), "unallocated": False}


def staff_details(connection: sqlite3.Connection, staff: sqlite3.Row, account: sqlite3.Row | None) -> Json:
    """Return StaffDetails of a member of staff, with their account where they have one."""
    teams = rows(
        connection,
        "SELECT team.* FROM team JOIN staff_team ON team_id = team.id"
        " WHERE staff_id = ? AND team.active ORDER BY team.id",
        staff["id"],
    )
    return compact(
        username=account["username"] if account else None,
        email=account["email"] if account else None,
        telephoneNumber=account["telephone"] if account else None,
        staffCode=staff["code"],
        staffIdentifier=staff["id"],
        staff=human(staff),
        teams=[team(row) for row in teams],
        probationArea=provider(find(connection, "provider", "id", staff["provider_id"])),
    )


def person_summary(connection: sqlite3.Connection, person: sqlite3.Row) -> Json:
    """Return an OffenderDetailSummary."""
    contact_details = json.loads(person["contact_details"])
    contact_details.pop("addresses", None)
    return {**_person(connection, person), "contactDetails": contact_details}


def person_detail(connection: sqlite3.Connection, person: sqlite3.Row) -> Json:
    """Return an OffenderDetail, with the managers past and present."""
    managers = rows(connection, "SELECT * FROM manager WHERE person_id = ? ORDER BY active DESC, id", person["id"])
    return {
        **_person(connection, person),
        "contactDetails": json.loads(person["contact_details"]),
        "offenderManagers": [_manager(connection, row) for row in managers],
        "offenderAliases": [],
        **compact(
            restrictionMessage=person["restriction_message"],
            exclusionMessage=person["exclusion_message"],
            currentTier="C2",
        ),
    }


def _person(connection: sqlite3.Connection, person: sqlite3.Row) -> Json:
    active = row_or_none(connection, "SELECT 1 FROM event WHERE person_id = ? AND active", person["id"]) is not None
    return compact(
        offenderId=person["id"],
        title=person["title"],
        firstName=person["first_name"],
        middleNames=json.loads(person["middle_names"]),
        surname=person["surname"],
        preferredName=person["preferred_name"],
        dateOfBirth=person["date_of_birth"],
        gender=person["gender"],
        otherIds=compact(crn=person["crn"], nomsNumber=person["noms_number"], pncNumber=person["pnc_number"]),
        offenderProfile=json.loads(person["profile"]),
        softDeleted=False,
        currentDisposal="1" if active else "0",
        currentRestriction=person["restriction_message"] is not None,
        currentExclusion=person["exclusion_message"] is not None,
        partitionArea="National Data",
        activeProbationManagedSentence=active,
    )


def _manager(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    return compact(
        active=bool(row["active"]),
        softDeleted=bool(row["soft_deleted"]),
        fromDate=row["from_date"],
        toDate=row["to_date"],
        partitionArea="National Data",
        allocationReason=key_value("IN1", "Initial Allocation"),
        probationArea=provider(find(connection, "provider", "id", row["provider_id"])),
        team=team(find(connection, "team", "id", row["team_id"])),
        staff=staff_human(find(connection, "staff", "id", row["staff_id"])),
    )


def conviction(row: sqlite3.Row) -> Json:
    """Return a Conviction, which is what Community API calls an event."""
    return compact(
        convictionId=row["id"],
        index=row["event_number"],
        active=bool(row["active"]),
        inBreach=False,
        failureToComplyCount=0,
        awaitingPsr=False,
        convictionDate=row["conviction_date"],
        referralDate=row["referral_date"],
        offences=[
            {
                "offenceId": f"M{row['id']}",
                "mainOffence": True,
                "detail": {"code": row["offence_code"], "description": row["offence_description"]},
                "offenceCount": 1,
                "offenderId": row["person_id"],
            }
        ],
        sentence=compact(
            sentenceId=row["sentence_id"],
            description=row["sentence_description"],
            sentenceType=key_value(row["sentence_type_code"], row["sentence_description"]),
            startDate=row["sentence_start"],
            terminationDate=row["sentence_terminated"],
            expectedSentenceEndDate=row["sentence_expected_end"],
            originalLength=row["sentence_months"],
            originalLengthUnits="Months",
            defaultLength=row["sentence_months"],
            cja2003Order=bool(row["cja"]),
            legacyOrder=bool(row["legacy"]),
        ),
        latestCourtAppearanceOutcome=key_value(row["sentence_type_code"], row["sentence_description"]),
    )


def requirement(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return a Requirement."""
    category = find(connection, "requirement_category", "code", row["category_code"])
    return compact(
        requirementId=row["id"],
        active=bool(row["active"]),
        softDeleted=bool(row["soft_deleted"]),
        requirementTypeMainCategory=key_value(category["code"], category["description"]),
        requirementTypeSubCategory=key_value(row["sub_category_code"], row["sub_category_description"]),
        length=row["length"],
        lengthUnit=row["length_unit"],
        rarCount=row["rar_count"],
        startDate=row["start_date"],
        commencementDate=row["start_date"],
        terminationDate=row["termination_date"],
        terminationReason=key_value("74" if row["termination_reason"] else None, row["termination_reason"]),
        restrictive=False,
    )


def nsi(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return an Nsi of Community API."""
    nsi_type = find(connection, "nsi_type", "code", row["type_code"])
    status = find(connection, "nsi_status", "code", row["status_code"])
    managers = rows(connection, "SELECT * FROM nsi_manager WHERE nsi_id = ? ORDER BY id", row["id"])
    return compact(
        nsiId=row["id"],
        nsiType=key_value(nsi_type["code"], nsi_type["description"]),
        nsiSubType=sub_type(connection, row),
        nsiOutcome=_outcome(connection, row),
        nsiStatus=key_value(status["code"], status["description"]),
        statusDateTime=moment(row["status_date"]),
        referralDate=row["referral_date"],
        expectedStartDate=row["expected_start_date"],
        expectedEndDate=row["expected_end_date"],
        actualStartDate=row["start_date"],
        actualEndDate=row["end_date"],
        length=row["length"],
        lengthUnit=nsi_type["length_unit"],
        notes=row["notes"],
        active=bool(row["active"]),
        softDeleted=bool(row["soft_deleted"]),
        requirement=requirement(connection, find(connection, "requirement", "id", row["requirement_id"]))
        if row["requirement_id"]
        else None,
        intendedProvider=provider(find(connection, "provider", "code", row["intended_provider_code"])),
        nsiManagers=[_nsi_manager(connection, manager) for manager in managers],
        externalReference=row["external_reference"] if current().switches.returns_external_reference else None,
    )


def sub_type(connection: sqlite3.Connection, nsi_row: sqlite3.Row) -> Json | None:
    """Return the KeyValue of an NSI's sub type, or None."""
    row = row_or_none(
        connection,
        "SELECT * FROM nsi_sub_type WHERE nsi_type_code = ? AND code = ?",
        nsi_row["type_code"],
        nsi_row["sub_type_code"],
    )
    return key_value(row["code"], row["description"]) if row else None


def _outcome(connection: sqlite3.Connection, row: sqlite3.Row) -> Json | None:
    if row["outcome_code"] is None:
        return None
    outcome = find(connection, "nsi_outcome", "code", row["outcome_code"])
    return key_value(outcome["code"], outcome["description"])


def _nsi_manager(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    staff = find(connection, "staff", "code", row["staff_code"])
    return compact(
        startDate=row["start_date"],
        endDate=row["end_date"],
        probationArea=provider(find(connection, "provider", "code", row["provider_code"])),
        team=team(find(connection, "team", "code", row["team_code"])),
        staff=staff_details(connection, staff, None),
    )


def nsi_dto(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return an NsiDto of Delius API."""
    manager = active_nsi_manager(connection, row["id"])
    return compact(
        id=row["id"],
        offenderCrn=find(connection, "person", "id", row["person_id"])["crn"],
        eventId=row["event_id"],
        requirementId=row["requirement_id"],
        type=row["type_code"],
        subType=row["sub_type_code"],
        status=row["status_code"],
        statusDate=moment(row["status_date"]),
        referralDate=row["referral_date"],
        expectedStartDate=row["expected_start_date"],
        expectedEndDate=row["expected_end_date"],
        startDate=row["start_date"],
        endDate=row["end_date"],
        outcome=row["outcome_code"],
        length=row["length"],
        notes=row["notes"],
        intendedProvider=row["intended_provider_code"],
        manager={
            "id": manager["id"],
            "provider": manager["provider_code"],
            "team": manager["team_code"],
            "staff": manager["staff_code"],
        },
        externalReference=row["external_reference"] if current().switches.returns_external_reference else None,
    )


def active_nsi_manager(connection: sqlite3.Connection, nsi_id: int) -> sqlite3.Row:
    """Return the manager entry of an NSI that has not ended."""
    row = row_or_none(connection, "SELECT * FROM nsi_manager WHERE nsi_id = ? AND end_date IS NULL", nsi_id)
    if row is None:
        raise LookupError(f"active manager of NSI {nsi_id}")
    return row


def appointment_type(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return an AppointmentType."""
    categories = rows(
        connection,
        "SELECT category.* FROM requirement_category AS category JOIN contact_type_requirement_category"
        " ON category_code = category.code WHERE contact_type_code = ? ORDER BY category.code",
        row["code"],
    )
    orders = (("CJA", row["cja"]), ("LEGACY", row["legacy"]))
    return {
        "contactType": row["code"],
        "description": row["description"],
        "orderTypes": [name for name, applies in orders if applies],
        "requiresLocation": row["location_rule"],
        "nationalStandard": bool(row["national_standard"]),
        "offenderLevel": bool(row["offender_level"]),
        "wholeOrderLevel": bool(row["whole_order_level"]),
        "requirementTypeMainCategories": [key_value(item["code"], item["description"]) for item in categories],
    }


def office(row: sqlite3.Row) -> Json:
    """Return an OfficeLocation."""
    return compact(
        code=row["code"],
        description=row["description"],
        buildingName=row["building_name"],
        buildingNumber=row["building_number"],
        streetName=row["street_name"],
        townCity=row["town_city"],
        county=row["county"],
        postcode=row["postcode"],
    )


def linked_requirement(connection: sqlite3.Connection, contact: sqlite3.Row) -> sqlite3.Row | None:
    """Return the requirement a contact hangs from, directly or through its NSI, or None."""
    return row_or_none(
        connection,
        "SELECT * FROM requirement WHERE id = coalesce(?, (SELECT requirement_id FROM nsi WHERE id = ?))",
        contact["requirement_id"],
        contact["nsi_id"],
    )


def appointment(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return an AppointmentDetail."""
    linked = linked_requirement(connection, row)
    return {
        "appointmentId": row["id"],
        "officeLocation": _office_of(connection, row) or {},
        "type": appointment_type(connection, find(connection, "contact_type", "code", row["type_code"])),
        **_contact_times("appointment", row),
        **_contact_people(connection, row),
        **compact(
            notes=row["notes"],
            sensitive=bool(row["sensitive"]),
            rarActivity=flag(row["rar_activity"]),
            outcome=_contact_outcome(connection, row),
            requirement={
                "requirementId": linked["id"],
                "isRar": linked["category_code"] == RAR_CATEGORY,
                "isActive": bool(linked["active"]),
            }
            if linked
            else None,
        ),
    }


def contact_summary(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return a ContactSummary."""
    kind = find(connection, "contact_type", "code", row["type_code"])
    author = row_or_none(
        connection,
        "SELECT staff.* FROM staff JOIN account ON staff_id = staff.id WHERE username = ?",
        row["created_by"],
    )
    return {
        "contactId": row["id"],
        "type": {
            "code": kind["code"],
            "description": kind["description"],
            "appointment": bool(kind["attendance"]),
            "nationalStandard": bool(kind["national_standard"]),
            "systemGenerated": bool(kind["system_generated"]),
            "categories": [],
        },
        **_contact_times("contact", row),
        **_contact_people(connection, row),
        **compact(
            notes=row["notes"],
            sensitive=bool(row["sensitive"]),
            rarActivity=flag(row["rar_activity"]),
            rarActivityDetail=_rar_activity(connection, row) if row["rar_activity"] else None,
            officeLocation=_office_of(connection, row),
            outcome=_contact_outcome(connection, row),
            lastUpdatedDateTime=moment(row["created_at"]),
            lastUpdatedByUser=human(author) if author else None,
        ),
    }


def _rar_activity(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    linked = linked_requirement(connection, row)
    if row["nsi_id"] is None:
        kind = key_value(row["rar_category"], row["rar_category_description"])
        detail = key_value(row["rar_sub_category"], row["rar_sub_category_description"])
    else:
        nsi_row = find(connection, "nsi", "id", row["nsi_id"])
        nsi_type = find(connection, "nsi_type", "code", nsi_row["type_code"])
        kind = key_value(nsi_type["code"], nsi_type["description"])
        detail = sub_type(connection, nsi_row)
    return compact(requirementId=linked["id"] if linked else None, nsiId=row["nsi_id"], type=kind, subtype=detail)


def _contact_times(prefix: str, row: sqlite3.Row) -> Json:
    return compact(**{f"{prefix}Start": moment(row["starts"]), f"{prefix}End": moment(row["ends"])})


def _contact_people(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    provider_row = find(connection, "provider", "code", row["provider_code"])
    team_row = find(connection, "team", "code", row["team_code"])
    return {
        "provider": key_value(provider_row["code"], provider_row["description"]),
        "team": key_value(team_row["code"], team_row["description"]),
        "staff": staff_human(find(connection, "staff", "code", row["staff_code"])),
    }


def _office_of(connection: sqlite3.Connection, row: sqlite3.Row) -> Json | None:
    return office(find(connection, "office", "code", row["office_code"])) if row["office_code"] else None


def _contact_outcome(connection: sqlite3.Connection, row: sqlite3.Row) -> Json | None:
    if row["outcome_code"] is None:
        return None
    outcome = find(connection, "contact_outcome", "code", row["outcome_code"])
    return {
        "code": outcome["code"],
        "description": outcome["description"],
        "attended": bool(outcome["attended"]),
        "complied": bool(outcome["complied"]),
    }


def contact_dto(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return a ContactDto of Delius API: a date, and times of day."""
    day, start = row["starts"].split("T")
    staff = find(connection, "staff", "code", row["staff_code"])
    office_of = _office_of(connection, row)
    outcome = _contact_outcome(connection, row)
    return compact(
        id=row["id"],
        offenderCrn=find(connection, "person", "id", row["person_id"])["crn"],
        eventId=row["event_id"],
        requirementId=row["requirement_id"],
        nsiId=row["nsi_id"],
        type=row["type_code"],
        typeDescription=find(connection, "contact_type", "code", row["type_code"])["description"],
        date=day,
        startTime=f"{start}:00",
        endTime=f"{row['ends'].split('T')[1]}:00" if row["ends"] else None,
        provider=row["provider_code"],
        providerDescription=find(connection, "provider", "code", row["provider_code"])["description"],
        team=row["team_code"],
        teamDescription=find(connection, "team", "code", row["team_code"])["description"],
        staff=row["staff_code"],
        staffFirstName=staff["forenames"],
        staffLastName=staff["surname"],
        officeLocation=row["office_code"],
        officeLocationDescription=office_of["description"] if office_of else None,
        outcome=row["outcome_code"],
        outcomeDescription=outcome["description"] if outcome else None,
        enforcement=row["enforcement"],
        description=row["description"],
        notes=row["notes"],
        alert=bool(row["alert"]),
        sensitive=bool(row["sensitive"]),
        rarActivity=flag(row["rar_activity"]),
    )


def registration(connection: sqlite3.Connection, row: sqlite3.Row) -> Json:
    """Return a Registration, which is what Delius calls a risk flag."""
    team_row = find(connection, "team", "code", row["team_code"])
    area = find(connection, "provider", "id", team_row["provider_id"])
    return compact(
        registrationId=row["id"],
        offenderId=row["person_id"],
        active=bool(row["active"]),
        warnUser=False,
        type=key_value(row["type_code"], row["type_description"]),
        register=key_value(row["register_code"], row["register_description"]),
        riskColour=row["risk_colour"],
        startDate=row["start_date"],
        endDate=row["end_date"],
        nextReviewDate=row["next_review_date"],
        reviewPeriodMonths=row["review_period_months"],
        notes=row["notes"],
        registeringTeam=key_value(team_row["code"], team_row["description"]),
        registeringOfficer=staff_human(find(connection, "staff", "code", row["staff_code"])),
        registeringProbationArea=key_value(area["code"], area["description"]),
        numberOfPreviousDeregistrations=0,
    )


def personal_circumstance(row: sqlite3.Row) -> Json:
    """Return a PersonalCircumstance."""
    return compact(
        personalCircumstanceId=row["id"],
        offenderId=row["person_id"],
        personalCircumstanceType=key_value(row["type_code"], row["type_description"]),
        personalCircumstanceSubType=key_value(row["sub_type_code"], row["sub_type_description"]),
        startDate=row["start_date"],
        endDate=row["end_date"],
        notes=row["notes"],
        evidenced=flag(row["evidenced"]),
    )


def page(items: Iterable[Json], *, number: int, size: int, total: int) -> Json:
    """Return one page of a longer list, as Spring describes it."""
    content = list(items)
    pages = -(-total // size)
    unsorted = {"sorted": False, "unsorted": True, "empty": True}
    return {
        "content": content,
        "number": number,
        "size": size,
        "numberOfElements": len(content),
        "totalElements": total,
        "totalPages": pages,
        "first": number == 0,
        "last": number >= pages - 1,
        "empty": not content,
        "sort": unsorted,
        "pageable": {
            "pageNumber": number,
            "pageSize": size,
            "offset": number * size,
            "paged": True,
            "unpaged": False,
            "sort": unsorted,
        },
    }
