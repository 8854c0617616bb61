"""The demonstration's people on probation. Every one is invented; their names say what each is an example of."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from delius.simulator.datasets import reference
from delius.simulator.store import insert

FIRST_PERSON_ID = 2500000001
FIRST_EVENT_ID = 2500100001
FIRST_SENTENCE_ID = 2500200001
FIRST_REQUIREMENT_ID = 2500300001
FIRST_NSI_ID = 2500400001
FIRST_CONTACT_ID = 2500500001
FIRST_REGISTRATION_ID = 2500600001
FIRST_CIRCUMSTANCE_ID = 2500700001
FIRST_MANAGER_ID = 2500800001

REFERRED_DAYS_AGO = 200
SENTENCE_MONTHS = 18
SENTENCE_DAYS = 548
CREATED_BY = "DEMO.LOADER"


@dataclass(frozen=True)
class Officer:
    """Who manages a person or holds an appointment."""

    staff_id: int
    staff_code: str
    team_id: int
    team_code: str
    provider_id: int = 90


ROBIN = Officer(9001, "N90A001", 901, "N90AAA")
ROBIN_NO_PROVIDER_CODE = Officer(9001, "N90A001", 901, "N90AAA", reference.PROVIDER_WITHOUT_CODE)
JO = Officer(9002, "N90B001", 902, "N90BBB")
SAM = Officer(9003, "N90C001", 903, "N90CCC")
TERRY = Officer(9004, "N90D001", 904, "N90DDD")


@dataclass(frozen=True)
class Rar:
    """A RAR requirement: days ordered and completed. Negative days ago are days to come."""

    ordered: int = 20
    completed: int = 0
    terminated_days_ago: int | None = None
    soft_deleted: bool = False


@dataclass(frozen=True)
class Sentence:
    """An active sentence and its RAR requirements."""

    rars: tuple[Rar, ...] = ()
    cja: bool = True
    description: str = "ORA Community Order"
    type_code: str = "SP"
    referred_days_ago: int = REFERRED_DAYS_AGO
    unpaid_work: bool = False


@dataclass(frozen=True)
class Person:
    """A person on probation and the sentences they serve."""

    crn: str
    first_name: str
    surname: str
    born: date
    gender: str = "Male"
    officer: Officer = ROBIN
    sentences: tuple[Sentence, ...] = (Sentence((Rar(),)),)
    phone: str | None = "07700 900{number:03d}"
    preferred_name: str | None = None
    flags: tuple[tuple[str, str, str], ...] = ()
    restricted_to: tuple[str, ...] = ()
    excluded_from: tuple[str, ...] = ()
    earlier_managers: tuple[Officer, ...] = field(default=())


REGISTERS = {"Red": ("1", "RoSH"), "Amber": ("2", "Alerts"), "Green": ("3", "Information")}
FLAGS = (
    ("RHRH", "High RoH", "Red"),
    ("ALSH", "Suicide/Self Harm", "Red"),
    ("AV2S", "Risk to Staff", "Red"),
    ("RCCO", "Child Concerns", "Red"),
    ("REG15", "Risk to Known Adult", "Red"),
    ("REG17", "Risk to Public", "Red"),
    ("ADVP", "Domestic Abuse Perpetrator", "Amber"),
    ("WEAP", "Weapons", "Amber"),
    ("IMAR", "MARAC", "Amber"),
    ("AMHL", "Mental Health Issues", "Amber"),
    ("STRG", "Street Gangs", "Amber"),
    ("WRSM", "Warrant/Summons", "Green"),
    ("IIOM", "Integrated Offender Management", "Green"),
    ("RVLN", "Vulnerable", "Green"),
)

PEOPLE = (
    Person(
        "X000001",
        "Brian",
        "Example",
        date(1985, 3, 14),
        sentences=(Sentence((Rar(20, 2),)),),
        earlier_managers=(JO,),
    ),
    Person("X000002", "Clara", "Fixture", date(1990, 11, 2), "Female", sentences=(Sentence((Rar(25, 4),)),)),
    Person("X000003", "Dev", "Duplicate", date(1979, 7, 30), sentences=(Sentence((Rar(15, 3),)),)),
    Person("X000004", "Edie", "Erased", date(1998, 1, 9), "Female"),
    Person("X000005", "Frank", "Finished", date(1972, 5, 21), sentences=(Sentence((Rar(30, 10),)),)),
    Person(
        "X000006",
        "Gita",
        "Twosentence",
        date(1988, 9, 17),
        "Female",
        sentences=(
            Sentence((Rar(20, 5),)),
            Sentence((Rar(10, 0),), description="ORA Suspended Sentence Order", type_code="SX", referred_days_ago=90),
        ),
    ),
    Person("X000007", "Hal", "Norar", date(1995, 12, 25), sentences=(Sentence(unpaid_work=True),)),
    Person(
        "X000008",
        "Ines",
        "Ended",
        date(1983, 2, 28),
        "Female",
        sentences=(Sentence((Rar(20, 20, terminated_days_ago=30), Rar(20, 0, soft_deleted=True))),),
    ),
    Person(
        "X000009",
        "Jack",
        "History",
        date(1968, 6, 6),
        sentences=(Sentence((Rar(40, 12),)),),
        flags=FLAGS,
        preferred_name="Jacko",
    ),
    Person(
        "X000010",
        "Kim",
        "Legacy",
        date(1961, 8, 19),
        "Female",
        sentences=(Sentence(cja=False, description="Community Rehabilitation Order", type_code="LG"),),
        phone=None,
    ),
    Person("X000011", "Lou", "Restricted", date(1993, 4, 4), "Female", restricted_to=("JO.PLACEHOLDER",)),
    Person("X000012", "Max", "Excluded", date(1991, 10, 31), excluded_from=("ROBIN.SAMPLE",)),
    Person("X000013", "Nia", "Riskflags", date(1987, 12, 1), "Female", flags=FLAGS[:5]),
    Person("X000014", "Omar", "Otherteam", date(1976, 2, 11), officer=JO),
    Person("X000015", "Priya", "Soonmoving", date(1999, 6, 24), "Female", officer=SAM),
    Person("X000016", "Quinn", "Nooffice", date(1984, 9, 9), officer=TERRY),
    Person("X000017", "Ravi", "Nocode", date(1980, 3, 3), officer=ROBIN_NO_PROVIDER_CODE),
    Person("X000018", "Sue", "Jolegacy", date(1958, 7, 7), "Female", officer=JO, phone=None),
    Person("X000019", "Una", "Endingsoon", date(1992, 3, 5), "Female", sentences=(Sentence((Rar(10, 8, -21),)),)),
)

RESTRICTION_MESSAGE = "This is a restricted record. Speak to the Mill Lane team if you need to see it."
EXCLUSION_MESSAGE = "You are excluded from viewing this record. Speak to your manager."
OLD_RAR = (
    ("ATT", "Attitudes, thinking and behaviour", "ATT02", "Thinking skills"),
    ("ACC", "Accommodation", "ACC01", "Finding a place to live"),
    ("DRU", "Drugs and alcohol", "DRU03", "Staying away from alcohol"),
)


def load(connection: sqlite3.Connection, now: datetime) -> None:
    """Fill an empty database with the reference data and the demonstration's people, as of a wall time."""
    reference.load(connection)
    loader = Loader(connection, now)
    loader.load_people(PEOPLE)
    loader.load_special()


class Loader:
    """Writes the people, numbering their records one after another."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.today = now.date()
        self.requirements: dict[str, tuple[int, int, int]] = {}
        self.next_ids = {
            "event": FIRST_EVENT_ID,
            "requirement": FIRST_REQUIREMENT_ID,
            "nsi": FIRST_NSI_ID,
            "contact": FIRST_CONTACT_ID,
            "registration": FIRST_REGISTRATION_ID,
            "personal_circumstance": FIRST_CIRCUMSTANCE_ID,
            "manager": FIRST_MANAGER_ID,
        }

    def load_people(self, people: Iterable[Person]) -> None:
        """Write people with their managers, sentences and flags."""
        for number, person in enumerate(people, start=1):
            self._person(number, person)

    def load_special(self) -> None:
        """Write what is special about some of the demonstration's people."""
        self._history()
        self._circumstances()

    def _add(self, table: str, values: dict[str, Any]) -> int:
        row_id = self.next_ids[table]
        self.next_ids[table] += 1
        return insert(self.connection, table, {"id": row_id, **values})

    def _date(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def _person(self, number: int, person: Person) -> None:
        person_id = FIRST_PERSON_ID + number - 1
        insert(
            self.connection,
            "person",
            {
                "id": person_id,
                "crn": person.crn,
                "noms_number": f"A{number:04d}ZZ",
                "pnc_number": f"1999/{number:07d}A",
                "title": "Mr" if person.gender == "Male" else "Ms",
                "first_name": person.first_name,
                "middle_names": json.dumps(["Test"] if number == 1 else []),
                "surname": person.surname,
                "preferred_name": person.preferred_name,
                "date_of_birth": person.born.isoformat(),
                "gender": person.gender,
                "contact_details": json.dumps(self._contact_details(number, person)),
                "profile": json.dumps(self._profile(number)),
                "restriction_message": RESTRICTION_MESSAGE if person.restricted_to else None,
                "exclusion_message": EXCLUSION_MESSAGE if person.excluded_from else None,
            },
        )
        for username in person.restricted_to:
            insert(self.connection, "restriction", {"person_id": person_id, "username": username})
        for username in person.excluded_from:
            insert(self.connection, "exclusion", {"person_id": person_id, "username": username})
        self._managers(person_id, person)
        for index, sentence in enumerate(person.sentences, start=1):
            self._sentence(person_id, person.crn, index, sentence)
        self._flags(person_id, person)

    def _contact_details(self, number: int, person: Person) -> dict[str, Any]:
        details: dict[str, Any] = {"emailAddresses": []}
        if person.phone:
            details["phoneNumbers"] = [{"number": person.phone.format(number=number), "type": "MOBILE"}]
            details["allowSMS"] = True
        if number % 3:
            details["addresses"] = [
                {
                    "addressNumber": str(number),
                    "streetName": "Invented Road",
                    "town": "Northmoor",
                    "postcode": "ZZ99 9ZZ",
                    "from": self._date(-900),
                    "noFixedAbode": False,
                    "status": {"code": "M", "description": "Main"},
                }
            ]
        return details

    def _profile(self, number: int) -> dict[str, Any]:
        if number != 1:
            return {"offenderLanguages": {}} if number % 2 else {}
        return {
            "offenderLanguages": {"primaryLanguage": "Welsh", "requiresInterpreter": False},
            "disabilities": [
                {
                    "disabilityId": 1,
                    "disabilityType": {"code": "VI", "description": "Visual Impairment"},
                    "startDate": self._date(-700),
                    "notes": "Reads large print.",
                    "lastUpdatedDateTime": f"{self._date(-700)}T11:00:00+00:00",
                    "provisions": [
                        {
                            "provisionId": 1,
                            "provisionType": {"code": "99", "description": "Large print documents"},
                            "startDate": self._date(-690),
                        }
                    ],
                }
            ],
        }

    def _managers(self, person_id: int, person: Person) -> None:
        for earlier in person.earlier_managers:
            ended = {"from_date": self._date(-700), "to_date": self._date(-REFERRED_DAYS_AGO), "active": False}
            self._manager(person_id, earlier, ended)
            self._manager(person_id, earlier, {**ended, "soft_deleted": True})
        self._manager(person_id, person.officer, {"from_date": self._date(-REFERRED_DAYS_AGO)})

    def _manager(self, person_id: int, officer: Officer, values: dict[str, Any]) -> None:
        self._add(
            "manager",
            {
                "person_id": person_id,
                "provider_id": officer.provider_id,
                "team_id": officer.team_id,
                "staff_id": officer.staff_id,
                **values,
            },
        )

    def _sentence(self, person_id: int, crn: str, index: int, sentence: Sentence) -> None:
        referred = -sentence.referred_days_ago
        event_id = self._add(
            "event",
            {
                "person_id": person_id,
                "event_number": str(index),
                "referral_date": self._date(referred),
                "conviction_date": self._date(referred - 2),
                "offence_code": "00100",
                "offence_description": "Invented offence for demonstration",
                "sentence_id": FIRST_SENTENCE_ID + self.next_ids["event"] - FIRST_EVENT_ID,
                "sentence_type_code": sentence.type_code,
                "sentence_description": sentence.description,
                "sentence_start": self._date(referred),
                "sentence_months": SENTENCE_MONTHS,
                "sentence_expected_end": self._date(referred + SENTENCE_DAYS),
                "cja": sentence.cja,
                "legacy": not sentence.cja,
            },
        )
        for rar in sentence.rars:
            requirement_id = self._requirement(event_id, referred, rar)
            self.requirements.setdefault(crn, (person_id, event_id, requirement_id))
        if sentence.unpaid_work:
            self._add(
                "requirement",
                {
                    "event_id": event_id,
                    "category_code": "W",
                    "sub_category_code": "W01",
                    "sub_category_description": "Regular",
                    "length": 100,
                    "length_unit": "Hours",
                    "start_date": self._date(referred),
                },
            )

    def _requirement(self, event_id: int, referred: int, rar: Rar) -> int:
        ended = rar.terminated_days_ago
        return self._add(
            "requirement",
            {
                "event_id": event_id,
                "category_code": reference.RAR_CATEGORY,
                "sub_category_code": "F01",
                "sub_category_description": "Rehabilitation Activity Requirement (RAR)",
                "length": rar.ordered,
                "length_unit": "Days",
                "rar_count": rar.completed,
                "start_date": self._date(referred),
                "termination_date": None if ended is None else self._date(-ended),
                "termination_reason": None if ended is None else "Completed",
                "active": ended is None or ended < 0,
                "soft_deleted": rar.soft_deleted,
            },
        )

    def _flags(self, person_id: int, person: Person) -> None:
        for position, (code, description, colour) in enumerate(person.flags):
            self._flag(person_id, person, code, description, colour, {"start_date": self._date(-180 + position)})
        if person.flags:
            ended = {"start_date": self._date(-400), "end_date": self._date(-250), "active": False}
            self._flag(person_id, person, "RMRH", "Medium RoH", "Amber", ended)

    def _flag(
        self, person_id: int, person: Person, code: str, description: str, colour: str, values: dict[str, Any]
    ) -> None:
        register_code, register = REGISTERS[colour]
        self._add(
            "registration",
            {
                "person_id": person_id,
                "type_code": code,
                "type_description": description,
                "register_code": register_code,
                "register_description": register,
                "risk_colour": colour,
                "notes": "Invented note for demonstration.",
                "next_review_date": self._date(30),
                "review_period_months": 6,
                "team_code": person.officer.team_code,
                "staff_code": person.officer.staff_code,
                **values,
            },
        )

    def _history(self) -> None:
        clara = self._nsi("X000002", "TKCAC", started_days_ago=60)
        self._appointment("X000002", clara, days=-21, at=time(10), outcome="ATTC")
        self._appointment("X000002", clara, days=14, at=time(14))
        fuller = self._nsi("X000003", "TKCAC", started_days_ago=100)
        emptier = self._nsi("X000003", "TKCAC", started_days_ago=80)
        for days in (-40, -26, -12):
            self._appointment("X000003", fuller, days=days, at=time(11), outcome="ATTC")
        self._appointment("X000003", emptier, days=-33, at=time(15), outcome="ATTC")
        self._nsi("X000004", "TKDEV", started_days_ago=50, soft_deleted=True)
        frank = self._nsi("X000005", "TKMAP", started_days_ago=120, ended_days_ago=20)
        self._appointment("X000005", frank, days=-60, at=time(9, 30), outcome="ATTC")
        for position, (category, description, sub_category, sub_description) in enumerate(OLD_RAR):
            self._appointment(
                "X000009",
                None,
                days=-150 + position * 28,
                at=time(13),
                outcome="ATTC",
                extra={
                    "requirement_id": self.requirements["X000009"][2],
                    "rar_category": category,
                    "rar_category_description": description,
                    "rar_sub_category": sub_category,
                    "rar_sub_category_description": sub_description,
                },
            )

    def _nsi(
        self,
        crn: str,
        type_code: str,
        *,
        started_days_ago: int,
        ended_days_ago: int | None = None,
        soft_deleted: bool = False,
    ) -> int:
        person_id, event_id, requirement_id = self.requirements[crn]
        status_days_ago = started_days_ago if ended_days_ago is None else ended_days_ago
        nsi_id = self._add(
            "nsi",
            {
                "person_id": person_id,
                "event_id": event_id,
                "requirement_id": requirement_id,
                "type_code": type_code,
                "status_code": "INPROG" if ended_days_ago is None else "COMPL",
                "status_date": f"{self._date(-status_days_ago)}T10:00:00",
                "referral_date": self._date(-started_days_ago),
                "start_date": self._date(-started_days_ago),
                "end_date": None if ended_days_ago is None else self._date(-ended_days_ago),
                "outcome_code": None if ended_days_ago is None else "COMPL",
                "notes": "Invented note for demonstration.",
                "intended_provider_code": "N90",
                "active": ended_days_ago is None,
                "soft_deleted": soft_deleted,
                "created_by": CREATED_BY,
                "created_at": f"{self._date(-started_days_ago)}T10:00:00",
            },
        )
        insert(
            self.connection,
            "nsi_manager",
            {
                "nsi_id": nsi_id,
                "provider_code": "N90",
                "team_code": ROBIN.team_code,
                "staff_code": ROBIN.staff_code,
                "start_date": self._date(-started_days_ago),
            },
        )
        return nsi_id

    def _appointment(
        self,
        crn: str,
        nsi_id: int | None,
        *,
        days: int,
        at: time,
        outcome: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        person_id, event_id, _ = self.requirements[crn]
        start = datetime.combine(self.today + timedelta(days=days), at)
        self._add(
            "contact",
            {
                "person_id": person_id,
                "event_id": event_id,
                "nsi_id": nsi_id,
                "type_code": "COAP",
                "starts": start.isoformat(timespec="minutes"),
                "ends": (start + timedelta(hours=1)).isoformat(timespec="minutes"),
                "notes": "Invented note for demonstration.",
                "rar_activity": True,
                "office_code": "N90HAR",
                "provider_code": "N90",
                "team_code": ROBIN.team_code,
                "staff_code": ROBIN.staff_code,
                "outcome_code": outcome,
                "created_by": CREATED_BY,
                "created_at": self.now.isoformat(timespec="seconds"),
                **(extra or {}),
            },
        )

    def _circumstances(self) -> None:
        person_id = self.requirements["X000001"][0]
        for kind, kind_description, sub, sub_description, days_ago, ended in (
            ("B", "Employment", "B02", "Part-time work", 120, None),
            ("B", "Employment", "B07", "Unemployed", 500, 121),
            ("A", "Accommodation", "A01", "Settled accommodation", 300, None),
        ):
            self._add(
                "personal_circumstance",
                {
                    "person_id": person_id,
                    "type_code": kind,
                    "type_description": kind_description,
                    "sub_type_code": sub,
                    "sub_type_description": sub_description,
                    "start_date": self._date(-days_ago),
                    "end_date": None if ended is None else self._date(-ended),
                    "evidenced": True,
                },
            )
