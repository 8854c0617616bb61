"""Data set of the demo: invented people on probation, whose names say what each is an example of."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from simulator.database import records
from simulator.database.store import insert
from simulator.datasets import reference

FIRST_PERSON_ID = 2500000001
FIRST_IDS = {
    "event": 2500100001,
    "requirement": 2500300001,
    "nsi": 2500400001,
    "contact": 2500500001,
    "registration": 2500600001,
    "personal_circumstance": 2500700001,
    "manager": 2500800001,
}

REFERRED_DAYS_AGO = 200
ORDER_DAYS = 548
CREATED_BY = "DEMO.LOADER"
NOTES = "Invented note for demonstration."


@dataclass(frozen=True)
class Officer:
    """The officer of a person or an appointment."""

    staff_id: int
    staff_code: str
    team_id: int
    team_code: str


ROBIN = Officer(9001, "N90A001", 901, "N90AAA")
JO = Officer(9002, "N90B001", 902, "N90BBB")
SAM = Officer(9003, "N90C001", 903, "N90CCC")
TERRY = Officer(9004, "N90D001", 904, "N90DDD")
CHRIS = Officer(9101, "N91A001", 911, "N91AAA")


@dataclass(frozen=True)
class Rar:
    """A RAR requirement. Negative days ago are in the future."""

    length: int = 20
    unit: str = "Days"
    terminated_days_ago: int | None = None
    soft_deleted: bool = False


@dataclass(frozen=True)
class Sentence:
    """An active event with its order, if it has one, and its RAR requirements."""

    rars: tuple[Rar, ...] = ()
    legislation: str = "CJA"
    order: str | None = "ORA Community Order"
    referred_days_ago: int = REFERRED_DAYS_AGO
    unpaid_work: bool = False


@dataclass(frozen=True)
class Person:
    """A person on probation and the sentences they serve."""

    crn: str
    first_name: str | None
    surname: str
    born: date
    gender: str = "Male"
    officer: Officer = ROBIN
    sentences: tuple[Sentence, ...] = (Sentence((Rar(),)),)
    phone: str | None = "07700 900{number:03d}"
    preferred_name: str | None = None
    flags: int = 0
    restricted_to: tuple[str, ...] = ()
    excluded_from: tuple[str, ...] = ()
    earlier_managers: tuple[Officer, ...] = ()


LEVELS = {"H": "High", "M": "Medium", "L": "Low"}
FLAGS = (
    ("RHRH", "High RoH", "H"),
    ("ALSH", "Suicide/Self Harm", "H"),
    ("AV2S", "Risk to Staff", "H"),
    ("RCCO", "Child Concerns", "H"),
    ("REG15", "Risk to Known Adult", "H"),
    ("REG17", "Risk to Public", "H"),
    ("ADVP", "Domestic Abuse Perpetrator", "M"),
    ("WEAP", "Weapons", "M"),
    ("IMAR", "MARAC", "M"),
    ("AMHL", "Mental Health Issues", "M"),
    ("STRG", "Street Gangs", "M"),
    ("WRSM", "Warrant/Summons", "L"),
    ("INTEGRATED_OFFENDER_MANAGEMENT", "Integrated Offender Management", "L"),
    ("RVLN", "Vulnerable", None),
)
LONG_FLAG_NOTES = " ".join([NOTES] * 60)

PEOPLE = (
    Person("X000001", "Brian", "Example", date(1985, 3, 14), earlier_managers=(JO,)),
    Person("X000002", "Clara", "Fixture", date(1990, 11, 2), "Female", sentences=(Sentence((Rar(25),)),)),
    Person("X000003", "Dev", "Duplicate", date(1979, 7, 30), sentences=(Sentence((Rar(15),)),)),
    Person("X000004", "Edie", "Erased", date(1998, 1, 9), "Female"),
    Person("X000005", "Frank", "Finished", date(1972, 5, 21), sentences=(Sentence((Rar(30),)),)),
    Person(
        "X000006",
        "Gita",
        "Twosentence",
        date(1988, 9, 17),
        "Female",
        sentences=(
            Sentence((Rar(20),)),
            Sentence((Rar(10),), order="ORA Suspended Sentence Order", referred_days_ago=90),
        ),
    ),
    Person("X000007", "Hal", "Norar", date(1995, 12, 25), sentences=(Sentence(unpaid_work=True),)),
    Person(
        "X000008",
        "Ines",
        "Ended",
        date(1983, 2, 28),
        "Female",
        sentences=(Sentence((Rar(terminated_days_ago=30), Rar(soft_deleted=True))),),
    ),
    Person(
        "X000009",
        "Jack",
        "History",
        date(1968, 6, 6),
        sentences=(Sentence((Rar(40),)),),
        flags=len(FLAGS),
        preferred_name="Jacko",
    ),
    Person(
        "X000010",
        "Kim",
        "Legacy",
        date(1961, 8, 19),
        "Female",
        sentences=(Sentence(legislation="LEGACY", order="Community Rehabilitation Order"),),
        phone=None,
    ),
    Person("X000011", "Lou", "Restricted", date(1993, 4, 4), "Female", restricted_to=("JO.PLACEHOLDER",)),
    Person("X000012", "Max", "Excluded", date(1991, 10, 31), excluded_from=("ROBIN.SAMPLE",)),
    Person("X000013", "Nia", "Riskflags", date(1987, 12, 1), "Female", flags=5),
    Person("X000014", "Omar", "Otherteam", date(1976, 2, 11), officer=JO),
    Person("X000015", "Priya", "Soonmoving", date(1999, 6, 24), "Female", officer=SAM),
    Person("X000016", "Quinn", "Nooffice", date(1984, 9, 9), officer=TERRY),
    Person("X000017", "Ravi", "Nodescription", date(1980, 3, 3)),
    Person("X000018", "Sue", "Jolegacy", date(1958, 7, 7), "Female", officer=JO, phone=None),
    Person(
        "X000019",
        "Una",
        "Endingsoon",
        date(1992, 3, 5),
        "Female",
        sentences=(Sentence((Rar(10, terminated_days_ago=-21),)),),
    ),
    Person("X000020", None, "Mononym", date(1994, 5, 16)),
    Person("X000021", "Siân", "O’Invent", date(1989, 1, 27), "Female", preferred_name="Shan"),
    Person("X000022", "Åsa", "Åberg", date(1996, 8, 8), "Female"),
    Person(
        "X000023",
        "Abcdefghijklmnopqrstuvwxyzabcdefghi",
        "Longnamelongnamelongnamelongnamelongnamelongnamelo",
        date(1977, 10, 12),
    ),
    Person("X000024", "Twin", "Requirements", date(1990, 2, 2), sentences=(Sentence((Rar(), Rar())),)),
    Person("X000025", "Tess", "Todaydone", date(1993, 9, 30), "Female", sentences=(Sentence((Rar(10),)),)),
    Person("X000026", "Wanda", "Weeks", date(1982, 4, 23), "Female", sentences=(Sentence((Rar(12, "Weeks"),)),)),
    Person("X000027", "Eve", "Eventonly", date(2000, 11, 11), "Female", sentences=(Sentence(order=None),)),
    Person("X000028", "Nellie", "Norequirement", date(1986, 6, 18), "Female"),
    Person("X000029", "Otto", "Outcomedue", date(1974, 12, 3)),
    Person("X000030", "Bea", "Blankprovider", date(1981, 7, 21), "Female", officer=CHRIS),
)

RESTRICTION_MESSAGE = "This is a restricted record. Speak to the Mill Lane team if you need to see it."
EXCLUSION_MESSAGE = "You are excluded from viewing this record. Speak to your manager."
OLD_RAR = (
    ("ATT", "Attitudes, thinking and behaviour", "ATT02", "Thinking skills"),
    ("ACC", "Accommodation", "ACC01", "Finding a place to live"),
    ("DRU", "Drugs and alcohol", "DRUGS_AND_ALCOHOL_OTHER_03", "Staying away from alcohol"),
)


def load(connection: sqlite3.Connection, now: datetime) -> None:
    """Load the reference data and the demo's people."""
    reference.load(connection)
    loader = Loader(connection, now)
    loader.load_people(PEOPLE)
    loader.load_history()
    loader.load_circumstances()


class Loader:
    """Inserts people with sequential ids."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.today = now.date()
        self.requirements: dict[str, tuple[int, int, int]] = {}
        self.next_ids = dict(FIRST_IDS)

    def load_people(self, people: Iterable[Person]) -> None:
        """Insert people with their managers, sentences and flags."""
        for number, person in enumerate(people, start=1):
            self._person(number, person)

    def load_history(self) -> None:
        """Insert NSIs and appointments of some of the demo's people."""
        self._ended_toolkit("X000001", (-90, -35))
        clara = self._nsi("X000002", "TKCAC", started=-60)
        self._appointment("X000002", clara, days=-21, at=time(10), outcome="ATTC")
        self._appointment("X000002", clara, days=14, at=time(14))
        fuller = self._nsi("X000003", "TKCAC", started=-100)
        emptier = self._nsi("X000003", "TKCAC", started=-80)
        for days in (-40, -26, -12):
            self._appointment("X000003", fuller, days=days, at=time(11), outcome="ATTC")
        self._appointment("X000003", emptier, days=-33, at=time(15), outcome="ATTC")
        self._nsi("X000004", "TKDEV", started=-50, soft_deleted=True)
        frank = self._nsi("X000005", "TKMAP", started=-120, ended=-20)
        self._appointment("X000005", frank, days=-60, at=time(9, 30), outcome="ATTC")
        self._ended_toolkit("X000006", range(-110, -75, 7))
        self._ended_toolkit("X000008", range(-180, -40, 7))
        self._old_rar("X000009")
        self._ended_toolkit("X000019", range(-50, -2, 6))
        tess = self._nsi("X000025", "TKSTE", started=-30)
        self._appointment("X000025", tess, days=0, at=time(), minutes=15, outcome="ATTC")
        self._nsi("X000028", "TKCON", started=-40, on_requirement=False)
        otto = self._nsi("X000029", "TKCON", started=-45)
        for days in (-14, -7, 7):
            self._appointment("X000029", otto, days=days, at=time(13))

    def load_circumstances(self) -> None:
        """Insert personal circumstances of some of the demo's people."""
        person_id = self.requirements["X000001"][0]
        for kind, kind_description, description, days_ago, ended in (
            ("B", "Employment", "Part-time work", 120, None),
            ("B", "Employment", "Unemployed", 500, 121),
            ("A", "Accommodation", "Settled accommodation", 300, None),
        ):
            self._add(
                "personal_circumstance",
                {
                    "person_id": person_id,
                    "type_code": kind,
                    "type_description": kind_description,
                    "description": description,
                    "start_date": self._date(-days_ago),
                    "end_date": None if ended is None else self._date(-ended),
                },
            )

    def _add(self, table: str, values: dict[str, Any]) -> int:
        row_id = self.next_ids[table]
        self.next_ids[table] += 1
        columns = {"id": row_id, **values}
        if table in ("nsi", "contact"):
            return records.add(self.connection, table, columns, author=CREATED_BY, now=self.now)
        return insert(self.connection, table, columns)

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
                "forename": person.first_name,
                "middle_name": "Test" if number == 1 else None,
                "surname": person.surname,
                "preferred_name": person.preferred_name,
                "date_of_birth": person.born.isoformat(),
                "gender_code": person.gender[0],
                "gender": person.gender,
                "mobile_number": person.phone.format(number=number) if person.phone else None,
                "telephone_number": "01632 960002" if number == 2 else None,
                "restriction_message": RESTRICTION_MESSAGE if person.restricted_to else None,
                "exclusion_message": EXCLUSION_MESSAGE if person.excluded_from else None,
                **(self._needs() if number == 1 else {}),
            },
        )
        for username in person.restricted_to:
            insert(self.connection, "restriction", {"person_id": person_id, "username": username})
        for username in person.excluded_from:
            insert(self.connection, "exclusion", {"person_id": person_id, "username": username})
        for earlier in person.earlier_managers:
            self._manager(person_id, earlier, active=False)
        self._manager(person_id, person.officer, active=True)
        for index, sentence in enumerate(person.sentences, start=1):
            self._sentence(person_id, person.crn, index, sentence)
        self._flags(person_id, person)

    def _needs(self) -> dict[str, str]:
        disability = {
            "description": "Visual Impairment",
            "startDate": self._date(-700),
            "notes": "Reads large print.",
            "adjustments": ["Large print documents"],
        }
        return {
            "language": json.dumps({"preferred": "Welsh", "interpreterRequired": False}),
            "disabilities": json.dumps([disability]),
        }

    def _manager(self, person_id: int, officer: Officer, *, active: bool) -> None:
        values = {"person_id": person_id, "team_id": officer.team_id, "staff_id": officer.staff_id}
        self._add("manager", {**values, "active": active})

    def _sentence(self, person_id: int, crn: str, index: int, sentence: Sentence) -> None:
        referred = -sentence.referred_days_ago
        order = {
            "order_description": sentence.order,
            "legislation": sentence.legislation,
            "order_start": self._date(referred),
            "order_end": self._date(referred + ORDER_DAYS),
        }
        event_id = self._add(
            "event",
            {
                "person_id": person_id,
                "event_number": str(index),
                "referral_date": self._date(referred),
                "main_offence": "Invented offence for demonstration",
                **(order if sentence.order else {}),
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
                "length": rar.length,
                "length_unit": rar.unit,
                "start_date": self._date(referred),
                "termination_date": None if ended is None else self._date(-ended),
                "soft_deleted": rar.soft_deleted,
            },
        )

    def _flags(self, person_id: int, person: Person) -> None:
        if not person.flags:
            return
        for position, (code, description, level) in enumerate(FLAGS[: person.flags]):
            notes = NOTES if position else LONG_FLAG_NOTES
            self._flag(person_id, code, description, level, days=-180 + position, notes=notes)
        self._flag(person_id, "RMRH", "Medium RoH", "M", days=-400, notes=NOTES, active=False)

    def _flag(
        self,
        person_id: int,
        code: str,
        description: str,
        level: str | None,
        *,
        days: int,
        notes: str,
        active: bool = True,
    ) -> None:
        self._add(
            "registration",
            {
                "person_id": person_id,
                "type_code": code,
                "type_description": description,
                "level_code": level,
                "level_description": LEVELS[level] if level else None,
                "notes": notes,
                "start_date": self._date(days),
                "next_review_date": self._date(30),
                "active": active,
            },
        )

    def _ended_toolkit(self, crn: str, attended: Iterable[int]) -> None:
        """Insert an ended NSI of Stepping Stones with attended sessions, on days relative to today."""
        days = list(attended)
        nsi_id = self._nsi(crn, "TKSTE", started=days[0] - 10, ended=min(days[-1] + 5, 0))
        for day in days:
            self._appointment(crn, nsi_id, days=day, at=time(11), outcome="ATTC")

    def _old_rar(self, crn: str) -> None:
        """Insert sessions directly on the requirement, the first of them with an old RAR category."""
        requirement = {"requirement_id": self.requirements[crn][2]}
        for position, (category, description, sub_category, sub_description) in enumerate(OLD_RAR):
            columns = {
                **requirement,
                "rar_category": category,
                "rar_category_description": description,
                "rar_sub_category": sub_category,
                "rar_sub_category_description": sub_description,
            }
            self._appointment(crn, None, days=-150 + position * 28, at=time(13), outcome="ATTC", extra=columns)
        for days in range(-88, -25, 7):
            self._appointment(crn, None, days=days, at=time(13), outcome="ATTC", extra=requirement)

    def _nsi(
        self,
        crn: str,
        type_code: str,
        *,
        started: int,
        ended: int | None = None,
        soft_deleted: bool = False,
        on_requirement: bool = True,
    ) -> int:
        person_id, event_id, requirement_id = self.requirements[crn]
        return self._add(
            "nsi",
            {
                "person_id": person_id,
                "event_id": event_id,
                "requirement_id": requirement_id if on_requirement else None,
                "type_code": type_code,
                "status_code": "INPROG" if ended is None else "COMPL",
                "status_date": f"{self._date(started if ended is None else ended)}T10:00:00",
                "referral_date": self._date(started),
                "start_date": self._date(started),
                "end_date": None if ended is None else self._date(ended),
                "notes": NOTES,
                "provider_code": "N90",
                "team_code": ROBIN.team_code,
                "staff_code": ROBIN.staff_code,
                "active": ended is None,
                "soft_deleted": soft_deleted,
                "created_at": f"{self._date(started)}T10:00:00",
            },
        )

    def _appointment(
        self,
        crn: str,
        nsi_id: int | None,
        *,
        days: int,
        at: time,
        minutes: int = 60,
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
                "ends": (start + timedelta(minutes=minutes)).isoformat(timespec="minutes"),
                "notes": NOTES,
                "rar_activity": True,
                "office_code": "N90HAR",
                "provider_code": "N90",
                "team_code": ROBIN.team_code,
                "staff_code": ROBIN.staff_code,
                "outcome_code": outcome,
                **(extra or {}),
            },
        )
