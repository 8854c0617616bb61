"""Reference data of all data sets: codes, providers, teams, offices, staff and accounts. All names are invented."""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from simulator.database.store import insert

RAR_CATEGORY = "F"
REQUIREMENT_CATEGORIES = [
    (RAR_CATEGORY, "Rehabilitation Activity Requirement (RAR)"),
    ("W", "Unpaid Work"),
    ("G", "Drug Rehabilitation"),
]

TOOLKIT_NSI_TYPES = [
    ("NAT1", "Non-Approved Transition Toolkit (NAT1)"),
    ("TKCAC", "Choices and Changes Toolkit"),
    ("TKCON", "Connection and Community Toolkit"),
    ("TKDEV", "Developing Dialogues Toolkit"),
    ("TKMAP", "Maps for Change Toolkit"),
    ("TKNEW", "New Me MOT Toolkit"),
    ("TKSFR", "Skills for Relationships Toolkit"),
    ("TKSTE", "Stepping Stones Toolkit"),
]
TYPE_WITH_A_LENGTH = "TKSFR"
TYPE_WITH_SUB_TYPES = "TKNEW"
OTHER_NSI_TYPE = ("UPW1", "Unpaid Work Placement")
# NSI types without an entry are allowed for every provider.
PROVIDERS_OF_TYPES = [("NAT1", "N90"), ("NAT1", "N91"), ("UPW1", "N91")]

REQUIRED, OPTIONAL, NOT_ALLOWED = "REQUIRED", "OPTIONAL", "NOT_ALLOWED"


@dataclass(frozen=True)
class AttendanceType:
    """A contact type that a person attends. `toolkit` says whether it may be linked to a toolkit NSI."""

    code: str
    description: str
    location: str
    cja: bool = True
    legacy: bool = True
    toolkit: bool = True
    for_person_only: bool = False


ATTENDANCE_TYPES = [
    AttendanceType("COAP", "Planned Office Visit (NS)", REQUIRED),
    AttendanceType("CHVS", "Home Visit to Case (NS)", NOT_ALLOWED),
    AttendanceType("COVC", "Planned Video Contact (NS)", NOT_ALLOWED),
    AttendanceType("COPT", "Planned Telephone Contact (NS)", NOT_ALLOWED),
    AttendanceType("COAI", "Initial Appointment - In office (NS)", REQUIRED),
    AttendanceType("COHV", "Initial Appointment - Home Visit (NS)", NOT_ALLOWED),
    AttendanceType("COVI", "Initial Appointment - Video (NS)", NOT_ALLOWED),
    AttendanceType("CODI", "Initial Appointment - Doorstep (NS)", NOT_ALLOWED),
    AttendanceType("CODC", "Planned Doorstep Contact (NS)", NOT_ALLOWED),
    AttendanceType("COTW", "Three Way Meeting (NS)", OPTIONAL),
    AttendanceType("COOO", "Other Appointment (Non NS)", OPTIONAL),
    AttendanceType("CWLK", "Walk and Talk Session (Non NS)", OPTIONAL),
    AttendanceType("CGRP", "Group Session (NS)", REQUIRED, toolkit=False),
    AttendanceType("CIND", "Individual Session on a Programme (NS)", REQUIRED, toolkit=False),
    AttendanceType("CRSP", "Appointment with Services Provider (NS)", OPTIONAL, toolkit=False),
    AttendanceType("CRAR", "RAR Review Meeting (CJA only)", REQUIRED, legacy=False),
    AttendanceType("CPSR", "Post Sentence Review (CJA only)", OPTIONAL, legacy=False),
    AttendanceType("CTHR", "Treatment Review with Court (CJA only)", NOT_ALLOWED, legacy=False, toolkit=False),
    AttendanceType("LCRO", "Community Order Review (Legacy only)", REQUIRED, cja=False, toolkit=False),
    AttendanceType("LPRO", "Probation Order Interview (Legacy only)", OPTIONAL, cja=False, toolkit=False),
    AttendanceType("LLIC", "Licence Interview (Legacy only)", NOT_ALLOWED, cja=False, toolkit=False),
    AttendanceType("CAPV", "Approved Premises Visit (NS)", REQUIRED),
    AttendanceType("CPRV", "Prison Visit (NS)", NOT_ALLOWED, toolkit=False),
    AttendanceType("CPVL", "Prison Video Link (NS)", NOT_ALLOWED, toolkit=False),
    AttendanceType("CHOS", "Hospital Visit (Non NS)", NOT_ALLOWED),
    AttendanceType("CEMP", "Employment Adviser Meeting (Non NS)", OPTIONAL, toolkit=False),
    AttendanceType("CHSG", "Housing Adviser Meeting (Non NS)", OPTIONAL, toolkit=False),
    AttendanceType("CUPA", "Unpaid Work Appointment (NS)", REQUIRED, toolkit=False),
    AttendanceType("CPER", "Meeting about the Person Only (Non NS)", OPTIONAL, toolkit=False, for_person_only=True),
]

SYSTEM_CONTACT_TYPES = [
    ("NREF", "NSI Referral"),
    ("NSRF", "NSI Status: Referred"),
    ("NSIP", "NSI Status: In Progress"),
    ("NSCO", "NSI Status: Completed"),
]
OTHER_CONTACT_TYPES = [("CEML", "Email Contact"), ("CMIS", "Case Note")]

NSI_STATUSES = [
    ("REFER", "Referred", "NSRF"),
    ("INPROG", "In progress", "NSIP"),
    ("COMPL", "Completed", "NSCO"),
]


@dataclass(frozen=True)
class ContactOutcome:
    """An outcome of an appointment, with the enforcement actions that it lists."""

    code: str
    description: str
    attended: bool
    complied: bool
    only_type: str | None = None
    except_type: str | None = None
    by_hand: bool = True
    actions: tuple[str, ...] = ()


ENFORCEMENT_ACTIONS = [
    ("ROM", "Refer to Manager"),
    ("WLS", "Warning Letter Sent"),
    ("IBR", "Breach Request Actioned"),
]
ALL_ACTIONS = tuple(code for code, _ in ENFORCEMENT_ACTIONS)
CONTACT_OUTCOMES = [
    ContactOutcome("ATTC", "Attended - Complied", True, True),
    ContactOutcome("AFTC", "Attended - Failed to Comply", True, False, actions=ALL_ACTIONS),
    ContactOutcome("AFTA", "Failed to Attend", False, False, actions=ALL_ACTIONS),
    ContactOutcome("AAAA", "Acceptable Absence", False, True),
    ContactOutcome("AAEM", "Acceptable Absence - Employment", False, True),
    ContactOutcome("AAFC", "Acceptable Absence - Family/Childcare", False, True),
    ContactOutcome("AAHO", "Acceptable Absence - Holiday", False, True),
    ContactOutcome("AAME", "Acceptable Absence - Medical", False, True),
    ContactOutcome("AASD", "Acceptable Absence - Stood Down", False, True, except_type="COPT"),
    ContactOutcome("UHVN", "Unacceptable Absence - Nobody at Home", False, False, only_type="CHVS"),
    ContactOutcome("RSOF", "Rescheduled - Person Request", False, True, by_hand=False),
    ContactOutcome("RSSR", "Rescheduled - Service Request", False, True, by_hand=False),
]

PROVIDERS = [
    (90, "N90", "Northmoor Probation Region"),
    (91, "N91", ""),
]

TEAMS = [
    (901, "N90AAA", "Harrow End team", 90, True),
    (902, "N90BBB", "Mill Lane team", 90, True),
    (903, "N90CCC", "Castle Road team", 90, True),
    (904, "N90DDD", "Quayside team", 90, True),
    (905, "N90ZZZ", "Old Brewery team", 90, False),
    (911, "N91AAA", "Cliffside team", 91, True),
]

OFFICES = [
    ("N90HAR", "Harrow End Probation Office", "Harrow House", "1", "Example Street", "Northmoor"),
    ("N90LIB", "Northmoor Library", "Northmoor Library", None, "Reading Lane", "Northmoor"),
    ("N90WHF", "Wharfside Centre", "Wharfside Centre", "22", "Placeholder Way", "Northmoor"),
    ("N90MIL", "Mill Lane Probation Office", "Mill Lane House", "4", "Mill Lane", "Northmoor"),
    ("N90MI2", "Mill Lane Probation Office", None, "61", "Invented Street", "Northmoor"),
    ("N90MI3", "Mill Lane Probation Office", "Weir Court", "2", "Sample Square", "Westmoor"),
    ("N90CAS", "Castle Road Probation Office", None, "100", "Castle Road", "Westmoor"),
    ("N90CHU", "Church Hall, Westmoor", "Church Hall", None, "Castle Road", "Westmoor"),
    ("N91CLF", "Cliffside Probation Office", "Cliff House", "7", "Sample Terrace", "Southmere"),
    ("N90OLD", "Old Brewery Probation Office", "Old Brewery", "9", "Castle Road", "Westmoor"),
]
CLOSED_OFFICE = "N90OLD"
TEAM_OFFICES = [
    (901, "N90HAR"),
    (901, "N90WHF"),
    (901, "N90LIB"),
    (902, "N90MIL"),
    (902, "N90MI2"),
    (902, "N90MI3"),
    (903, CLOSED_OFFICE),
    (903, "N90CAS"),
    (903, "N90CHU"),
    (911, "N91CLF"),
]

STAFF = [
    (9001, "N90A001", "Robin", "Sample", [901]),
    (9002, "N90B001", "Jo", "Placeholder", [902]),
    (9003, "N90C001", "Sam", "Mockton", [903]),
    (9004, "N90D001", "Terry", "Twoteams", [901, 904]),
    (9005, "N90A002", "Rea", "Readonly", [901]),
    (9006, "N90A003", "Oscar", "Outside", [905]),
    (9101, "N91A001", "Chris", "Cliffside", [911]),
]

ACCOUNTS = [
    ("ROBIN.SAMPLE", "Robin Sample", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", 9001),
    ("JO.PLACEHOLDER", "Jo Placeholder", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", 9002),
    ("SAM.MOCKTON", "Sam Mockton", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", 9003),
    ("TERRY.TWOTEAMS", "Terry Twoteams", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", 9004),
    ("NOEL.NOSTAFF", "Noel Nostaff", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", None),
    ("PENNY.PRISON", "Penny Prison", "nomis", "ROLE_PRISON", None),
    ("REA.READONLY", "Rea Readonly", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RO", 9005),
    ("DANA.DESIGNER", "Dana Designer", "delius", "ROLE_RAR_GUIDANCE__RW", None),
    ("DEE.DRAFTER", "Dee Drafter", "delius", "ROLE_RAR_GUIDANCE__RW", None),
    ("TAYLOR.TOOLKITS", "Taylor Toolkits", "delius", "ROLE_RAR_TOOLKITS__RW", None),
    ("SUE.SUPPORT", "Sue Support", "delius", "ROLE_RAR_SUPPORT__RW", None),
    ("NIA.NOROLE", "Nia Norole", "delius", "ROLE_PROBATION", None),
    ("OSCAR.OUTSIDE", "Oscar Outside", "delius", "ROLE_PROBATION,ROLE_RAR_BOOKING__RW", 9006),
]
FIRST_USER_ID = 5001


def load(connection: sqlite3.Connection) -> None:
    """Fill the reference tables."""
    _fill_organisation(connection)
    _fill_contact_types(connection)
    _fill_nsi_types(connection)


def _fill(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    names = columns.split()
    for row in rows:
        insert(connection, table, dict(zip(names, row, strict=True)))


def _fill_organisation(connection: sqlite3.Connection) -> None:
    _fill(connection, "provider", "id code description", PROVIDERS)
    _fill(connection, "team", "id code description provider_id active", TEAMS)
    _fill(
        connection,
        "office",
        "code description building_name building_number street_name town county postcode active",
        ((*office, "Exampleshire", "ZZ99 9ZZ", office[0] != CLOSED_OFFICE) for office in OFFICES),
    )
    _fill(connection, "team_office", "team_id office_code", TEAM_OFFICES)
    _fill(connection, "staff", "id code forename surname", (row[:4] for row in STAFF))
    _fill(connection, "staff_team", "staff_id team_id", ((row[0], team_id) for row in STAFF for team_id in row[4]))
    _fill(
        connection,
        "account",
        "user_id username name auth_source roles staff_id email",
        (
            (user_id, username, *account, f"{username.lower()}@example.test")
            for user_id, (username, *account) in enumerate(ACCOUNTS, start=FIRST_USER_ID)
        ),
    )


def _fill_contact_types(connection: sqlite3.Connection) -> None:
    kinds = ((*astuple(kind), True) for kind in ATTENDANCE_TYPES)
    columns = "code description location cja legacy for_person_only attendance"
    _fill(connection, "contact_type", columns, (row[:5] + row[6:] for row in kinds))
    columns = "code description attendance system_generated"
    _fill(connection, "contact_type", columns, ((*kind, False, True) for kind in SYSTEM_CONTACT_TYPES))
    _fill(connection, "contact_type", columns, ((*kind, False, False) for kind in OTHER_CONTACT_TYPES))
    _fill(connection, "enforcement_action", "code description", ENFORCEMENT_ACTIONS)
    columns = "code description attended complied only_type_code except_type_code by_hand"
    _fill(connection, "contact_outcome", columns, (astuple(outcome)[:7] for outcome in CONTACT_OUTCOMES))
    _fill(
        connection,
        "outcome_enforcement_action",
        "outcome_code action_code",
        ((outcome.code, action) for outcome in CONTACT_OUTCOMES for action in outcome.actions),
    )


def _fill_nsi_types(connection: sqlite3.Connection) -> None:
    toolkits = [code for code, _ in TOOLKIT_NSI_TYPES]
    _fill(connection, "nsi_status", "code description contact_type_code", NSI_STATUSES)
    _fill(connection, "nsi_type", "code description", [*TOOLKIT_NSI_TYPES, OTHER_NSI_TYPE])
    connection.execute(
        "UPDATE nsi_type SET length_unit = 'Sessions', minimum_length = 1, maximum_length = 20 WHERE code = ?",
        (TYPE_WITH_A_LENGTH,),
    )
    _fill(connection, "nsi_sub_type", "nsi_type_code code description", [(TYPE_WITH_SUB_TYPES, "TKNEW1", "New Me MOT")])
    _fill(
        connection,
        "nsi_type_status",
        "nsi_type_code status_code",
        ((code, status) for code in toolkits for status, *_ in NSI_STATUSES),
    )
    _fill(connection, "nsi_type_status", "nsi_type_code status_code", [(OTHER_NSI_TYPE[0], "INPROG")])
    _fill(connection, "nsi_type_provider", "nsi_type_code provider_code", PROVIDERS_OF_TYPES)
    _fill(connection, "requirement_category", "code description", REQUIREMENT_CATEGORIES)
    _fill(
        connection,
        "requirement_category_nsi_type",
        "category_code nsi_type_code",
        [("W", OTHER_NSI_TYPE[0]), *((RAR_CATEGORY, code) for code in toolkits)],
    )
    _fill(
        connection,
        "contact_type_nsi_type",
        "contact_type_code nsi_type_code",
        ((kind.code, code) for kind in ATTENDANCE_TYPES if kind.toolkit for code in toolkits),
    )
