"""Typed records of responses: the schemas of docs/integration/openapi.yaml.

Fields that are only displayed are parsed leniently (missing or malformed becomes empty); fields that decide something
are required. Null is read as absent, unknown fields are ignored, and moments are in Europe/London.
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
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from delius.london import as_london
from govuk.text_cleaning import clean_text

RAR_CATEGORY = "F"
EMPLOYMENT = "B"
NAMELESS = "Not named in Delius"


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


def _text(value: Any) -> Any:
    """Return text cleaned as ours is: what was pasted into Delius may hold anything. Numbers become text."""
    if isinstance(value, str):
        return clean_text(value)
    return value if isinstance(value, int | float) else ""


Lenient = WrapValidator(_or_none)
LenientItems = WrapValidator(_or_nothing)
Text = Annotated[str, BeforeValidator(_text)]
Code = Annotated[str, Field(min_length=1)]
LenientDate = Annotated[date | None, Lenient]
LondonTime = Annotated[datetime, AfterValidator(as_london)]
LenientTime = Annotated[LondonTime | None, Lenient]


class Record(BaseModel):
    """Base of response records. Validates JSON, or values by field name."""

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
    """A code of Delius and its description."""

    code: Code
    description: Text = ""

    @property
    def label(self) -> str:
        """The description, or words where there is none: a code says nothing to whoever reads it."""
        return self.description or NAMELESS


class Name(Record):
    """A person's name; a single name is the surname."""

    forename: Text = ""
    middle_name: Text = ""
    surname: Text = ""

    @property
    def full(self) -> str:
        """Forename and surname."""
        return " ".join(filter(None, (self.forename, self.surname)))

    @property
    def familiar(self) -> str:
        """The name for use in sentences: the forename, or the surname without one."""
        return self.forename or self.surname


class Officer(Record):
    """The officer that something is recorded for: provider, team and member of staff."""

    provider_code: Code
    team_code: Code
    staff_code: Code


class Team(CodeDescription):
    """A team of a provider."""

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
    email: Annotated[str | None, Lenient] = None
    staff: Staff | None = None


class Access(Record):
    """Whether access to a record is limited for the user, and Delius's message where it has one."""

    limited: bool
    message: Text = ""


class RarDays(Record):
    """The RAR days of a requirement, counted by Delius: days with a session, not sessions; each counted once.

    `ordered` is None where the length is not in days. `at_risk` is Delius's own, None where it has none.
    """

    requirement_id: int
    event_id: int
    ordered: int | None = None
    completed: int
    booked: int
    completed_in_last_8_weeks: Annotated[int | None, Lenient] = None
    ends_on: LenientDate = None
    at_risk: Annotated[bool | None, Lenient] = None

    @property
    def left(self) -> int | None:
        """The days ordered that are neither completed nor booked; None where it is not known how many were ordered."""
        return None if self.ordered is None else max(self.ordered - self.completed - self.booked, 0)


class AppointmentSummary(Record):
    """A summary of an appointment."""

    contact_id: int
    type: CodeDescription
    start: LondonTime
    end: LenientTime = None


class CaseRow(Record):
    """A row of a case list. One with limited access has CRN and reason only."""

    crn: Code
    access: Access
    name: Name | None = None
    preferred_name: Text = ""
    date_of_birth: LenientDate = None
    rar_requirements: tuple[RarDays, ...] = ()
    next_appointment: Annotated[AppointmentSummary | None, Lenient] = None
    appointments_without_outcome: Annotated[int | None, Lenient] = None


class CasePage(Record):
    """A page of a case list, counted from 0."""

    cases: tuple[CaseRow, ...]
    page: int
    total_pages: int
    total_elements: int


class Relation(StrEnum):
    """The user's relation to a case: their own, one of their teams', or another."""

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
    """A person's preferred language and need of an interpreter."""

    preferred: Text = ""
    interpreter_required: bool = False
    notes: Text = ""


class Disability(Record):
    """A disability, and the adjustments made for it."""

    description: Text = ""
    start_date: LenientDate = None
    notes: Text = ""
    adjustments: Annotated[tuple[str, ...], LenientItems] = ()


class Circumstance(Record):
    """A current personal circumstance, such as employment."""

    type: Annotated[CodeDescription | None, Lenient] = None
    description: Text = ""
    start_date: LenientDate = None
    notes: Text = ""

    @property
    def is_employment(self) -> bool:
        """Whether this is about work."""
        return self.type is not None and self.type.code == EMPLOYMENT


class Legislation(StrEnum):
    """The legislation of an order, which decides the appointment types on offer."""

    CJA = "CJA"
    LEGACY = "LEGACY"


class Order(Record):
    """The court order of an event."""

    description: Text = ""
    legislation: Annotated[Legislation | None, Lenient] = None
    start_date: LenientDate = None
    end_date: LenientDate = None


class Requirement(Record):
    """A requirement of an order."""

    requirement_id: int
    main_category: CodeDescription
    sub_category: Annotated[CodeDescription | None, Lenient] = None
    length: Annotated[int | None, Lenient] = None
    length_unit: Text = ""
    start_date: LenientDate = None
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
    """An event: a sentence and its offence."""

    event_id: int
    number: Text = ""
    referral_date: date | None = None
    main_offence: Text = ""
    order: Annotated[Order | None, Lenient] = None
    requirements: tuple[Requirement, ...] = ()


class Case(Record):
    """A person on probation's case; one with limited access has `crn`, `access` and `relation` only.

    Somebody whose name is empty in Delius is called by their CRN, so that every sentence about them can be read.
    """

    crn: Code
    access: Access
    relation: Relation
    name: Annotated[Name, Field(default_factory=Name, validate_default=True)]
    preferred_name: Text = ""
    date_of_birth: LenientDate = None
    gender: Annotated[CodeDescription | None, Lenient] = None
    mobile_number: Text = ""
    telephone_number: Text = ""
    manager: Annotated[Manager | None, Lenient] = None
    language: Annotated[Language | None, Lenient] = None
    disabilities: Annotated[tuple[Disability, ...], LenientItems] = ()
    circumstances: Annotated[tuple[Circumstance, ...], LenientItems] = ()
    risk_flag_count: Annotated[int | None, Lenient] = None
    events: tuple[Event, ...] = ()

    @field_validator("name")
    @classmethod
    def _named(cls, name: Name, info: ValidationInfo) -> Name:
        access = info.data.get("access")
        return name if name.full or (access and access.limited) else Name(surname=info.data.get("crn", ""))

    def age(self, on: date) -> int | None:
        """Return the person's age in years on a day; None where their date of birth is not known."""
        born = self.date_of_birth
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) if born else None


class RiskFlag(Record):
    """An active risk flag."""

    type: CodeDescription
    level: Annotated[CodeDescription | None, Lenient] = None
    start_date: LenientDate = None
    next_review_date: LenientDate = None
    notes: Text = ""


class Nsi(Record):
    """A non-statutory intervention, which appointments of a RAR toolkit are linked to."""

    nsi_id: int
    external_reference: str = ""
    type: CodeDescription
    sub_type: CodeDescription | None = None
    status: Annotated[CodeDescription | None, Lenient] = None
    status_date: LenientTime = None
    referral_date: date | None = None
    start_date: LenientDate = None
    end_date: date | None = None
    event_id: int | None = None
    requirement_id: int | None = None
    length: Annotated[int | None, Lenient] = None
    length_unit: Text = ""
    active: bool
    soft_deleted: bool = False
    manager: Annotated[Officer | None, Lenient] = None
    created_by: Annotated[Name | None, Lenient] = None
    appointment_count: int = 0
    last_appointment_date: LenientDate = None

    @property
    def sub_type_code(self) -> str:
        """The code of the sub type, empty for none."""
        return self.sub_type.code if self.sub_type else ""

    @property
    def is_open(self) -> bool:
        """Whether appointments can be added: it has neither ended nor been soft-deleted."""
        return self.active and not self.soft_deleted


class MatchedBy(StrEnum):
    """How `putNsi` resolved: created, matched by reference, or matched by requirement and type."""

    CREATED = "CREATED"
    EXTERNAL_REFERENCE = "EXTERNAL_REFERENCE"
    REQUIREMENT_AND_TYPE = "REQUIREMENT_AND_TYPE"


class EnsuredNsi(Record):
    """The open NSI of a type on a requirement; `other_ids` are its duplicates."""

    nsi: Nsi
    matched_by: MatchedBy
    other_ids: tuple[int, ...] = ()


class Office(CodeDescription):
    """An office of a team."""

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
    """The NSI that an appointment is linked to."""

    nsi_id: int
    type: CodeDescription
    sub_type: Annotated[CodeDescription | None, Lenient] = None


class OldRarCategory(Record):
    """The RAR category of a session from before toolkits."""

    category: CodeDescription
    sub_category: Annotated[CodeDescription | None, Lenient] = None


class Outcome(CodeDescription):
    """The outcome of an appointment."""

    attended: bool
    complied: Annotated[bool | None, Lenient] = None
    enforcement_action: Annotated[CodeDescription | None, Lenient] = None


class AppointmentOfficer(Record):
    """Who an appointment is recorded for, as far as Delius says."""

    staff_code: Code
    name: Annotated[Name | None, Lenient] = None
    team_code: Text = ""
    provider_code: Text = ""


class Appointment(Record):
    """An appointment."""

    contact_id: int
    version: int
    external_reference: str = ""
    type: CodeDescription
    start: LondonTime
    end: LenientTime = None
    event_id: int | None = None
    requirement_id: int | None = None
    nsi: AppointmentNsi | None = None
    counts_towards_rar: bool = False
    old_rar_category: Annotated[OldRarCategory | None, Lenient] = None
    office: Annotated[Office | None, Lenient] = None
    officer: Annotated[AppointmentOfficer | None, Lenient] = None
    outcome: Outcome | None = None
    rescheduled_to: Annotated[int | None, Lenient] = None
    notes: Text = ""
    sensitive: bool = False
    soft_deleted: bool = False

    def has_begun(self, at: datetime) -> bool:
        """Return whether it has begun at a moment: from then on an outcome may be recorded (RULES.md, *Outcomes*)."""
        return self.start <= at


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
        """Map an unknown rule to OPTIONAL."""
        return cls.OPTIONAL


class AppointmentType(CodeDescription):
    """An appointment type, and the NSI types that it may be linked to."""

    legislations: tuple[str, ...] = ()
    location: LocationRule = LocationRule.OPTIONAL
    nsi_type_codes: frozenset[str] = frozenset()
    for_person_only: bool = False


class OutcomeType(CodeDescription):
    """An outcome that appointments of a type may have, and the enforcement actions that it lists."""

    attended: bool
    complied: bool
    acceptable_absence: Annotated[bool | None, Lenient] = None
    enforcement_actions: tuple[CodeDescription, ...] = ()

    @property
    def is_acceptable_absence(self) -> bool:
        """Whether somebody who was not there had good reason: what Delius says, or else whether they complied."""
        return not self.attended and (self.complied if self.acceptable_absence is None else self.acceptable_absence)

    @property
    def demands_enforcement(self) -> bool:
        """Whether Delius demands one of its enforcement actions: for an unacceptable absence that lists any."""
        return bool(self.enforcement_actions) and not self.attended and not self.complied


class NsiType(CodeDescription):
    """An NSI type and its validation rules. `length_unit` is empty where it takes no length.

    `provider_codes` are the providers that may use it; None for all.
    """

    selectable: bool = True
    sub_types: tuple[CodeDescription, ...] = ()
    statuses: tuple[CodeDescription, ...] = ()
    length_unit: Text = ""
    minimum_length: int | None = None
    maximum_length: int | None = None
    allows_duplicates: bool = False
    provider_codes: tuple[str, ...] | None = None


class Gone(Record):
    """A record that the feed of changes no longer covers."""

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
