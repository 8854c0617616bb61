"""Reference data that data sets share: codes, providers, teams, offices, staff and accounts. All names are invented."""

import sqlite3
from dataclasses import dataclass

from delius.simulator.store import insert

RAR_CATEGORY = "F"
OTHER_CATEGORIES = [("W", "Unpaid Work"), ("G", "Drug Rehabilitation")]

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

REQUIRED, OPTIONAL, NOT_REQUIRED = "REQUIRED", "OPTIONAL", "NOT_REQUIRED"


@dataclass(frozen=True)
class AttendanceType:
    """A contact type that a person attends. `toolkit` says whether it may be linked to a toolkit NSI."""

    code: str
    description: str
    location: str
    cja: bool = True
    legacy: bool = True
    toolkit: bool = True
    national_standard: bool = False


ATTENDANCE_TYPES = [
    AttendanceType("COAP", "Planned Office Visit (NS)", REQUIRED, national_standard=True),
    AttendanceType("CHVS", "Home Visit to Case (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("COVC", "Planned Video Contact (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("COPT", "Planned Telephone Contact (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("COAI", "Initial Appointment - In office (NS)", REQUIRED, national_standard=True),
    AttendanceType("COHV", "Initial Appointment - Home Visit (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("COVI", "Initial Appointment - Video (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("CODI", "Initial Appointment - Doorstep (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("CODC", "Planned Doorstep Contact (NS)", NOT_REQUIRED, national_standard=True),
    AttendanceType("COTW", "Three Way Meeting (NS)", OPTIONAL, national_standard=True),
    AttendanceType("COOO", "Other Appointment (Non NS)", OPTIONAL),
    AttendanceType("CWLK", "Walk and Talk Session (Non NS)", OPTIONAL),
    AttendanceType("CGRP", "Group Session (NS)", REQUIRED, toolkit=False, national_standard=True),
    AttendanceType("CIND", "Individual Session on a Programme (NS)", REQUIRED, toolkit=False),
    AttendanceType("CRSP", "Appointment with Services Provider (NS)", OPTIONAL, toolkit=False),
    AttendanceType("CRAR", "RAR Review Meeting (CJA only)", REQUIRED, legacy=False),
    AttendanceType("CPSR", "Post Sentence Review (CJA only)", OPTIONAL, legacy=False),
    AttendanceType("CTHR", "Treatment Review with Court (CJA only)", NOT_REQUIRED, legacy=False, toolkit=False),
    AttendanceType("LCRO", "Community Order Review (Legacy only)", REQUIRED, cja=False, toolkit=False),
    AttendanceType("LPRO", "Probation Order Interview (Legacy only)", OPTIONAL, cja=False, toolkit=False),
    AttendanceType("LLIC", "Licence Interview (Legacy only)", NOT_REQUIRED, cja=False, toolkit=False),
    AttendanceType("CAPV", "Approved Premises Visit (NS)", REQUIRED),
    AttendanceType("CPRV", "Prison Visit (NS)", NOT_REQUIRED, toolkit=False),
    AttendanceType("CPVL", "Prison Video Link (NS)", NOT_REQUIRED, toolkit=False),
    AttendanceType("CHOS", "Hospital Visit (Non NS)", NOT_REQUIRED),
    AttendanceType("CEMP", "Employment Adviser Meeting (Non NS)", OPTIONAL, toolkit=False),
    AttendanceType("CHSG", "Housing Adviser Meeting (Non NS)", OPTIONAL, toolkit=False),
    AttendanceType("CUPA", "Unpaid Work Appointment (NS)", REQUIRED, toolkit=False),
]

SYSTEM_CONTACT_TYPES = [
    ("NREF", "NSI Referral"),
    ("NCOM", "NSI Commenced"),
    ("NTER", "NSI Terminated"),
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
NSI_OUTCOMES = [("COMPL", "Completed"), ("NCOMP", "Not completed")]
CONTACT_OUTCOMES = [
    ("ATTC", "Attended - Complied", True, True),
    ("AFTC", "Attended - Failed to Comply", True, False),
    ("AFTA", "Failed to Attend", False, False),
    ("AAAA", "Acceptable Absence", False, True),
]

PROVIDERS = [
    (90, "N90", "Northmoor Probation Region"),
    (91, "N91", "Southmere Probation Region"),
]
PROVIDER_WITHOUT_CODE = 99

TEAMS = [
    (901, "N90AAA", "Harrow End team", 90, "Northmoor East", True),
    (902, "N90BBB", "Mill Lane team", 90, "Northmoor East", True),
    (903, "N90CCC", "Castle Road team", 90, "Northmoor West", True),
    (904, "N90DDD", "Quayside team", 90, "Northmoor West", True),
    (905, "N90ZZZ", "Old Brewery team", 90, "Northmoor West", False),
    (911, "N91AAA", "Cliffside team", 91, "Southmere", True),
]

OFFICES = [
    ("N90HAR", "Harrow End Probation Office", "Harrow House", "1", "Example Street", "Northmoor"),
    ("N90LIB", "Northmoor Library", "Northmoor Library", None, "Reading Lane", "Northmoor"),
    ("N90WHF", "Wharfside Centre", "Wharfside Centre", "22", "Placeholder Way", "Northmoor"),
    ("N90MIL", "Mill Lane Probation Office", "Mill Lane House", "4", "Mill Lane", "Northmoor"),
    ("N90CAS", "Castle Road Probation Office", None, "100", "Castle Road", "Westmoor"),
    ("N90CHU", "Church Hall, Westmoor", "Church Hall", None, "Castle Road", "Westmoor"),
    ("N91CLF", "Cliffside Probation Office", "Cliff House", "7", "Sample Terrace", "Southmere"),
]
TEAM_OFFICES = [
    (901, "N90HAR"),
    (901, "N90WHF"),
    (901, "N90LIB"),
    (901, "N90HAR"),
    (902, "N90MIL"),
    (903, "N90CAS"),
    (903, "N90CHU"),
    (911, "N91CLF"),
]

STAFF = [
    (9001, "N90A001", "Robin", "Sample", 90, [901]),
    (9002, "N90B001", "Jo", "Placeholder", 90, [902]),
    (9003, "N90C001", "Sam", "Mockton", 90, [903]),
    (9004, "N90D001", "Terry", "Twoteams", 90, [901, 904]),
    (9005, "N90A002", "Rea", "Readonly", 90, [901]),
    (9006, "N90A003", "Oscar", "Outside", 90, [901]),
    (9101, "N91A001", "Chris", "Cliffside", 91, [911]),
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
PROVIDER_OF_ACCOUNTS = "N90"
# Oscar's team is in a provider that his account has no authority for.
PROVIDERS_OF_ACCOUNTS = {"OSCAR.OUTSIDE": "N91"}
FIRST_USER_ID = 5001


def load(connection: sqlite3.Connection) -> None:
    """Fill the reference tables."""
    _load_organisation(connection)
    _load_contact_types(connection)
    _load_nsi_types(connection)
    _load_accounts(connection)


def _load_organisation(connection: sqlite3.Connection) -> None:
    for provider_id, code, description in PROVIDERS:
        insert(connection, "provider", {"id": provider_id, "code": code, "description": description})
    insert(
        connection,
        "provider",
        {"id": PROVIDER_WITHOUT_CODE, "code": None, "description": "Northmoor Probation Region (old)"},
    )
    for team_id, code, description, provider_id, district, active in TEAMS:
        insert(
            connection,
            "team",
            {
                "id": team_id,
                "code": code,
                "description": description,
                "provider_id": provider_id,
                "district": district,
                "telephone": "01632 960000",
                "active": active,
            },
        )
    for code, description, building, number, street, town in OFFICES:
        insert(
            connection,
            "office",
            {
                "code": code,
                "description": description,
                "building_name": building,
                "building_number": number,
                "street_name": street,
                "town_city": town,
                "county": "Exampleshire",
                "postcode": "ZZ99 9ZZ",
            },
        )
    for team_id, office_code in TEAM_OFFICES:
        insert(connection, "team_office", {"team_id": team_id, "office_code": office_code})
    for staff_id, code, forenames, surname, provider_id, team_ids in STAFF:
        insert(
            connection,
            "staff",
            {
                "id": staff_id,
                "code": code,
                "forenames": forenames,
                "surname": surname,
                "provider_id": provider_id,
            },
        )
        for team_id in team_ids:
            insert(connection, "staff_team", {"staff_id": staff_id, "team_id": team_id})


def _load_contact_types(connection: sqlite3.Connection) -> None:
    rar = (RAR_CATEGORY, "Rehabilitation Activity Requirement (RAR)")
    for code, description in [rar, *OTHER_CATEGORIES]:
        insert(connection, "requirement_category", {"code": code, "description": description})
    for kind in ATTENDANCE_TYPES:
        insert(
            connection,
            "contact_type",
            {
                "code": kind.code,
                "description": kind.description,
                "attendance": True,
                "location_rule": kind.location,
                "cja": kind.cja,
                "legacy": kind.legacy,
                "national_standard": kind.national_standard,
                "whole_order_level": kind.code != "CUPA",
            },
        )
    for category in (RAR_CATEGORY, "W"):
        insert(
            connection,
            "contact_type_requirement_category",
            {"contact_type_code": "CUPA" if category == "W" else "COAP", "category_code": category},
        )
    for code, description in SYSTEM_CONTACT_TYPES:
        insert(
            connection,
            "contact_type",
            {"code": code, "description": description, "attendance": False, "system_generated": True},
        )
    for code, description in OTHER_CONTACT_TYPES:
        insert(
            connection,
            "contact_type",
            {"code": code, "description": description, "attendance": False, "offender_level": True},
        )
    for code, description, attended, complied in CONTACT_OUTCOMES:
        insert(
            connection,
            "contact_outcome",
            {"code": code, "description": description, "attended": attended, "complied": complied},
        )


def _load_nsi_types(connection: sqlite3.Connection) -> None:
    for code, description, contact_type in NSI_STATUSES:
        insert(
            connection,
            "nsi_status",
            {"code": code, "description": description, "contact_type_code": contact_type},
        )
    for code, description in NSI_OUTCOMES:
        insert(connection, "nsi_outcome", {"code": code, "description": description})
    for code, description in [*TOOLKIT_NSI_TYPES, OTHER_NSI_TYPE]:
        length = ("Sessions", 1, 20) if code == TYPE_WITH_A_LENGTH else (None, None, None)
        insert(
            connection,
            "nsi_type",
            {
                "code": code,
                "description": description,
                "length_unit": length[0],
                "minimum_length": length[1],
                "maximum_length": length[2],
            },
        )
        for status, *_ in NSI_STATUSES:
            insert(connection, "nsi_type_status", {"nsi_type_code": code, "status_code": status})
        for outcome, _ in NSI_OUTCOMES:
            insert(connection, "nsi_type_outcome", {"nsi_type_code": code, "outcome_code": outcome})
        providers = ["N91"] if code == OTHER_NSI_TYPE[0] else ["N90", "N91"]
        for provider in providers:
            insert(connection, "nsi_type_provider", {"nsi_type_code": code, "provider_code": provider})
    insert(
        connection,
        "nsi_sub_type",
        {"nsi_type_code": TYPE_WITH_SUB_TYPES, "code": "TKNEW1", "description": "New Me MOT"},
    )
    insert(
        connection,
        "requirement_category_nsi_type",
        {"category_code": "W", "nsi_type_code": OTHER_NSI_TYPE[0]},
    )
    for nsi_type, _ in TOOLKIT_NSI_TYPES:
        insert(
            connection,
            "requirement_category_nsi_type",
            {"category_code": RAR_CATEGORY, "nsi_type_code": nsi_type},
        )
        for kind in ATTENDANCE_TYPES:
            if kind.toolkit:
                insert(
                    connection,
                    "contact_type_nsi_type",
                    {"contact_type_code": kind.code, "nsi_type_code": nsi_type},
                )


def _load_accounts(connection: sqlite3.Connection) -> None:
    for user_id, (username, name, auth_source, roles, staff_id) in enumerate(ACCOUNTS, start=FIRST_USER_ID):
        insert(
            connection,
            "account",
            {
                "username": username,
                "user_id": user_id,
                "name": name,
                "auth_source": auth_source,
                "roles": roles,
                "staff_id": staff_id,
                "email": f"{username.lower()}@example.test",
                "telephone": "01632 960001" if staff_id == 9001 else None,
            },
        )
        if staff_id is not None:
            insert(
                connection,
                "account_provider",
                {"username": username, "provider_code": PROVIDERS_OF_ACCOUNTS.get(username, PROVIDER_OF_ACCOUNTS)},
            )
