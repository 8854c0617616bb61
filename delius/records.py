"""What Delius tells us, as typed records: the schemas of docs/integration/openapi.yaml.

Fields that are only shown are read leniently (what is missing or malformed becomes empty); fields that are acted on are
insisted on. Null is read as absent, unknown fields are ignored, and moments are in Europe/London.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from delius.london import as_london

RAR_CATEGORY = "F"
EMPLOYMENT = "B"
_DAY_UNITS = frozenset({"", "day", "days"})


def _or_none(value: Any, parse: ValidatorFunctionWrapHandler) -> Any:
    try:
        return parse(value)
    except ValidationError:
        return None


def _or_nothing(value: Any, parse: ValidatorFunctionWrapHandler) -> Any:
    try:
        return parse(value)
    except ValidationError:
        return ()


Shown = WrapValidator(_or_none)
ShownItems = WrapValidator(_or_nothing)
Text = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str | int | float) else "")]
Code = Annotated[str, Field(min_length=1)]
ShownDate = Annotated[date | None, Shown]
LondonTime = Annotated[datetime, AfterValidator(as_london)]
ShownTime = Annotated[LondonTime | None, Shown]


class Record(BaseModel):
    """Something Delius told us. Built from its JSON, or by the names used here."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        coerce_numbers_to_str=True,
        str_strip_whitespace=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: each for name, each in value.items() if each is not None}
        return value


class CodeDescription(Record):
    """A code of Delius, and its words."""

    code: Code
    description: Text = ""


class Name(Record):
    """A person's name. Somebody with one name has a surname alone."""

    forename: Text = ""
    middle_name: Text = ""
    surname: Text = ""

    @property
    def full(self) -> str:
        """Forename and surname."""
        return " ".join(filter(None, (self.forename, self.surname)))

    @property
    def familiar(self) -> str:
        """What a sentence calls the person: the forename, or the only name there is."""
        return self.forename or self.surname


class Officer(Record):
    """In whose name something is recorded: a member of staff, of a team, of a provider."""

    provider_code: Code
    team_code: Code
    staff_code: Code


class Team(Record):
    """A team of a provider."""

    code: Code
    description: Text = ""
    provider: CodeDescription


class Staff(Record):
    """A user's staff record, with their open teams, the default first."""

    code: Code
    name: Annotated[Name, Field(default_factory=Name)]
    teams: tuple[Team, ...] = ()


class User(Record):
    """A Delius user; `staff` is None for one without a staff record."""

    username: Code
    enabled: bool = True
    email: Annotated[str | None, Shown] = None
    staff: Staff | None = None


class Access(Record):
    """Whether the reader may not see a record, and Delius's own words where it has some."""

    limited: bool
    message: Text = ""


class RarDays(Record):
    """The RAR days of a requirement, counted by Delius: days with a session, not sessions; each counted once.

    `ordered` is None where the length is not in days. `at_risk` is Delius's own reckoning, None where it has none.
    """

    requirement_id: int
    event_id: int
    ordered: int | None = None
    completed: int
    booked: int
    completed_in_last_8_weeks: Annotated[int | None, Shown] = None
    ends_on: ShownDate = None
    at_risk: Annotated[bool | None, Shown] = None

    @property
    def left(self) -> int | None:
        """The days ordered that are neither completed nor booked; None where it is not known how many were ordered."""
        return None if self.ordered is None else max(self.ordered - self.completed - self.booked, 0)


class AppointmentSummary(Record):
    """An appointment in few words."""

    contact_id: int
    type: CodeDescription
    start: LondonTime
    end: ShownTime = None


class CaseRow(Record):
    """A line of a case list. One with limited access has its CRN and the reason alone."""

    crn: Code
    access: Access
    name: Name | None = None
    preferred_name: Text = ""
    date_of_birth: ShownDate = None
    rar_requirements: tuple[RarDays, ...] = ()
    next_appointment: Annotated[AppointmentSummary | None, Shown] = None
    appointments_without_outcome: Annotated[int | None, Shown] = None


class CasePage(Record):
    """A page of a case list, counted from 0."""

    cases: tuple[CaseRow, ...]
    page: int
    total_pages: int
    total_elements: int


class Relation(StrEnum):
    """Whose case it is: the user's, one of their teams', or somebody else's."""

    USER = "USER"
    TEAM = "TEAM"
    OTHER = "OTHER"


class Manager(Record):
    """Who manages a case."""

    staff_code: Code
    name: Name | None = None
    team: Team
    unallocated: bool = False


class Language(Record):
    """What language to use with a person."""

    preferred: Text = ""
    interpreter_required: bool = False
    notes: Text = ""


class Disability(Record):
    """A disability, and the adjustments made for it."""

    description: Text = ""
    start_date: ShownDate = None
    notes: Text = ""
    adjustments: Annotated[tuple[str, ...], ShownItems] = ()


class Circumstance(Record):
    """Something about a person's life that is not over, such as their work."""

    type: Annotated[CodeDescription | None, Shown] = None
    description: Text = ""
    start_date: ShownDate = None
    notes: Text = ""

    @property
    def is_employment(self) -> bool:
        """Whether this is about work."""
        return self.type is not None and self.type.code == EMPLOYMENT


class Legislation(StrEnum):
    """By which law an order was made: what decides which types of appointment are offered."""

    CJA = "CJA"
    LEGACY = "LEGACY"


class Order(Record):
    """What the court ordered on an event."""

    description: Text = ""
    legislation: Annotated[Legislation | None, Shown] = None
    start_date: ShownDate = None
    end_date: ShownDate = None


class Requirement(Record):
    """Something the court ordered as part of a sentence."""

    requirement_id: int
    main_category: CodeDescription
    sub_category: Annotated[CodeDescription | None, Shown] = None
    length: Annotated[int | None, Shown] = None
    length_unit: Text = ""
    start_date: ShownDate = None
    termination_date: date | None = None
    rar: RarDays | None = None

    @property
    def is_rar(self) -> bool:
        """Whether this is a rehabilitation activity requirement: main category F (RULES.md, *Words*)."""
        return self.main_category.code == RAR_CATEGORY

    def is_in_force(self, on: date) -> bool:
        """Return whether the requirement runs on a day. The day it is terminated on is not one of them."""
        return self.termination_date is None or self.termination_date > on


class Event(Record):
    """A sentence and what led to it."""

    event_id: int
    number: Text = ""
    referral_date: date | None = None
    main_offence: Text = ""
    order: Annotated[Order | None, Shown] = None
    requirements: tuple[Requirement, ...] = ()


class Case(Record):
    """A person on probation, with everything that arranging an appointment needs. A limited case has no more than
    `crn`, `access` and `relation`."""

    crn: Code
    access: Access
    relation: Relation
    name: Annotated[Name, Field(default_factory=Name)]
    preferred_name: Text = ""
    date_of_birth: ShownDate = None
    gender: Annotated[CodeDescription | None, Shown] = None
    mobile_number: Text = ""
    telephone_number: Text = ""
    manager: Annotated[Manager | None, Shown] = None
    language: Annotated[Language | None, Shown] = None
    disabilities: Annotated[tuple[Disability, ...], ShownItems] = ()
    circumstances: Annotated[tuple[Circumstance, ...], ShownItems] = ()
    risk_flag_count: Annotated[int | None, Shown] = None
    events: tuple[Event, ...] = ()

    @property
    def phone_number(self) -> str:
        """The number to reach the person at, a mobile first; empty for none."""
        return self.mobile_number or self.telephone_number

    def age(self, on: date) -> int | None:
        """Return the person's age in years on a day; None where their date of birth is not known."""
        born = self.date_of_birth
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) if born else None


class RiskFlag(Record):
    """A risk flag that stands on a person's record."""

    type: CodeDescription
    level: Annotated[CodeDescription | None, Shown] = None
    start_date: ShownDate = None
    next_review_date: ShownDate = None
    notes: Text = ""


class Nsi(Record):
    """A non-statutory intervention: for a RAR toolkit, what its appointments hang from."""

    nsi_id: int
    external_reference: str = ""
    type: CodeDescription
    sub_type: CodeDescription | None = None
    status: Annotated[CodeDescription | None, Shown] = None
    status_date: ShownTime = None
    referral_date: date | None = None
    start_date: ShownDate = None
    end_date: date | None = None
    event_id: int | None = None
    requirement_id: int | None = None
    length: Annotated[int | None, Shown] = None
    length_unit: Text = ""
    active: bool
    soft_deleted: bool = False
    manager: Annotated[Officer | None, Shown] = None
    created_by: Annotated[Name | None, Shown] = None
    appointment_count: int = 0
    last_appointment_date: ShownDate = None

    @property
    def sub_type_code(self) -> str:
        """The code of the sub type, empty for none."""
        return self.sub_type.code if self.sub_type else ""

    @property
    def is_open(self) -> bool:
        """Whether appointments can be added: it has neither ended nor been soft-deleted."""
        return self.active and not self.soft_deleted


class MatchedBy(StrEnum):
    """How an NSI that had to be there was found: made now, by our reference, or by requirement and type."""

    CREATED = "CREATED"
    EXTERNAL_REFERENCE = "EXTERNAL_REFERENCE"
    REQUIREMENT_AND_TYPE = "REQUIREMENT_AND_TYPE"


class EnsuredNsi(Record):
    """The open NSI of a type on a requirement; `other_ids` are its duplicates."""

    nsi: Nsi
    matched_by: MatchedBy
    other_ids: tuple[int, ...] = ()


class Office(Record):
    """An office of a team."""

    code: Code
    description: Text = ""
    building_name: Text = ""
    building_number: Text = ""
    street_name: Text = ""
    town: Text = ""
    county: Text = ""
    postcode: Text = ""

    @property
    def address(self) -> str:
        """The address on one line, without what is not known."""
        street = " ".join(filter(None, (self.building_number, self.street_name)))
        return ", ".join(filter(None, (self.building_name, street, self.town, self.county, self.postcode)))


class AppointmentNsi(Record):
    """The NSI that an appointment hangs from."""

    nsi_id: int
    type: CodeDescription
    sub_type: Annotated[CodeDescription | None, Shown] = None


class OldRarCategory(Record):
    """What a RAR session was recorded under before there were toolkits."""

    category: CodeDescription
    sub_category: Annotated[CodeDescription | None, Shown] = None


class Outcome(Record):
    """What came of an appointment."""

    code: Code
    description: Text = ""
    attended: bool
    complied: Annotated[bool | None, Shown] = None
    enforcement_action: Annotated[CodeDescription | None, Shown] = None


class Appointment(Record):
    """An appointment as Delius has it."""

    contact_id: int
    version: int = 0
    external_reference: str = ""
    type: CodeDescription
    start: LondonTime
    end: ShownTime = None
    event_id: int | None = None
    requirement_id: int | None = None
    nsi: AppointmentNsi | None = None
    counts_towards_rar: bool = False
    old_rar_category: Annotated[OldRarCategory | None, Shown] = None
    office: Annotated[Office | None, Shown] = None
    outcome: Outcome | None = None
    rescheduled_to: Annotated[int | None, Shown] = None
    notes: Text = ""
    sensitive: bool = False
    soft_deleted: bool = False


class AppointmentPage(Record):
    """A page of appointments, counted from 0."""

    appointments: tuple[Appointment, ...]
    page: int
    total_pages: int
    total_elements: int


class LocationRule(StrEnum):
    """Whether an appointment of a type has a location."""

    REQUIRED = "REQUIRED"
    OPTIONAL = "OPTIONAL"
    NOT_ALLOWED = "NOT_ALLOWED"

    @classmethod
    def _missing_(cls, value: object) -> "LocationRule":
        """Read a rule that we do not know as one that neither demands a location nor forbids it."""
        return cls.OPTIONAL


class AppointmentType(Record):
    """A type of appointment, and the NSI types that one of it may hang from."""

    code: Code
    description: Text = ""
    legislations: tuple[str, ...] = ()
    location: LocationRule = LocationRule.OPTIONAL
    nsi_type_codes: frozenset[str] = frozenset()
    for_person_only: bool = False


class NsiType(Record):
    """An NSI type, and what Delius demands of an NSI of it. `length_unit` is empty where it takes no length.

    `provider_codes` are the providers that may use it; None for all.
    """

    code: Code
    description: Text = ""
    selectable: bool = True
    sub_types: tuple[CodeDescription, ...] = ()
    statuses: tuple[CodeDescription, ...] = ()
    length_unit: Text = ""
    minimum_length: int | None = None
    maximum_length: int | None = None
    allows_duplicates: bool = False
    provider_codes: tuple[str, ...] | None = None


class Gone(Record):
    """What the feed of changes no longer covers."""

    nsi_id: int | None = None
    contact_id: int | None = None


class Change(Record):
    """An NSI or an appointment as it is now, or what is gone; one of the three is set."""

    crn: Code
    at: LondonTime
    nsi: Nsi | None = None
    appointment: Appointment | None = None
    gone: Gone | None = None


class ChangePage(Record):
    """A page of changes, in order; `next` is where the following page begins, `more` whether to ask for it at once."""

    changes: tuple[Change, ...]
    next: Code
    more: bool
