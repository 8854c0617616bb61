"""What Delius tells us, as typed records.

Upstream answers are untidy: optional objects are missing or null. Fields that are only shown are read leniently (what
is missing or malformed becomes empty); fields that are acted on are insisted on, or say None where Delius may leave
them out. Unknown fields are ignored. Times without an offset are Europe/London wall time.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

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


def _or(empty: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: empty if value is None else value)


def _items_with(name: str) -> BeforeValidator:
    """Leave out the items of a list that lack the field which makes them usable."""

    def usable(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return () if value is None else value
        return tuple(item for item in value if not isinstance(item, dict) or item.get(name))

    return BeforeValidator(usable)


def _none_without(name: str) -> BeforeValidator:
    """Read an object that lacks the field which makes it usable as absent."""
    return BeforeValidator(lambda value: None if isinstance(value, dict) and not value.get(name) else value)


Shown = WrapValidator(_or_none)
ShownItems = WrapValidator(_or_nothing)
Text = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str | int | float) else "")]
TextOrNone = Annotated[str | None, Shown]
FalseIfAbsent = Annotated[bool, _or(False)]
TrueIfAbsent = Annotated[bool, _or(True)]
Code = Annotated[str, Field(min_length=1)]
ShownDate = Annotated[date | None, Shown]
ShownInt = Annotated[int | None, Shown]
LondonTime = Annotated[datetime, AfterValidator(as_london)]
ShownTime = Annotated[LondonTime | None, Shown]


class Record(BaseModel):
    """Something Delius told us. Built from upstream's JSON, or by the names used here."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        coerce_numbers_to_str=True,
        str_strip_whitespace=True,
    )


class Provider(Record):
    """A probation provider. Some have no code, and nothing can be written for those."""

    code: str | None = None
    description: Text = ""


class Team(Record):
    """A team of a provider."""

    code: Code
    description: Text = ""


class StaffMember(Record):
    """A user's staff record: the code is what we write, the identifier what their caseload is found by."""

    username: Code
    staff_code: Code = Field(validation_alias="staffCode")
    staff_identifier: int = Field(validation_alias="staffIdentifier")
    forenames: Text = Field("", validation_alias=AliasPath("staff", "forenames"))
    surname: Text = Field("", validation_alias=AliasPath("staff", "surname"))
    email: TextOrNone = None
    provider: Provider | None = Field(None, validation_alias="probationArea")
    teams: Annotated[tuple[Team, ...], _items_with("code")] = ()

    @property
    def name(self) -> str:
        """Forenames and surname."""
        return _full_name(self.forenames, self.surname)


class CaseloadEntry(Record):
    """Somebody on a caseload, with as much of their name as the list gives."""

    crn: Code = Field(validation_alias=AliasChoices("crn", "crnNumber"))
    first_name: TextOrNone = Field(None, validation_alias="firstName")
    surname: TextOrNone = Field(None, validation_alias=AliasChoices("surname", "offenderSurname"))


class PhoneNumber(Record):
    """A telephone number; `type` is MOBILE or TELEPHONE where it is known."""

    number: Code
    type: TextOrNone = None


class Manager(Record):
    """One entry, past or present, of who manages a person."""

    active: FalseIfAbsent = False
    soft_deleted: FalseIfAbsent = Field(False, validation_alias="softDeleted")
    staff_code: str | None = Field(None, validation_alias=AliasPath("staff", "code"))
    staff_forenames: Text = Field("", validation_alias=AliasPath("staff", "forenames"))
    staff_surname: Text = Field("", validation_alias=AliasPath("staff", "surname"))
    team: Annotated[Team | None, _none_without("code")] = None
    provider: Provider | None = Field(None, validation_alias="probationArea")

    @property
    def staff_name(self) -> str:
        """The manager's forenames and surname."""
        return _full_name(self.staff_forenames, self.staff_surname)


class Languages(Record):
    """What language to use with a person."""

    primary: Text = Field("", validation_alias="primaryLanguage")
    others: Annotated[tuple[str, ...], ShownItems] = Field((), validation_alias="otherLanguages")
    requires_interpreter: FalseIfAbsent = Field(False, validation_alias="requiresInterpreter")
    concerns: Text = Field("", validation_alias="languageConcerns")


class Adjustment(Record):
    """What is provided for because of a disability."""

    description: Text = Field("", validation_alias=AliasPath("provisionType", "description"))
    notes: Text = ""
    start_date: ShownDate = Field(None, validation_alias="startDate")
    end_date: ShownDate = Field(None, validation_alias="finishDate")


class Disability(Record):
    """A disability, and the adjustments made for it."""

    description: Text = Field("", validation_alias=AliasPath("disabilityType", "description"))
    notes: Text = ""
    start_date: ShownDate = Field(None, validation_alias="startDate")
    end_date: ShownDate = Field(None, validation_alias="endDate")
    adjustments: Annotated[tuple[Adjustment, ...], ShownItems] = Field((), validation_alias="provisions")


class Person(Record):
    """A person on probation."""

    crn: Code = Field(validation_alias=AliasPath("otherIds", "crn"))
    first_name: Text = Field("", validation_alias="firstName")
    surname: Text = ""
    preferred_name: TextOrNone = Field(None, validation_alias="preferredName")
    date_of_birth: ShownDate = Field(None, validation_alias="dateOfBirth")
    gender: TextOrNone = None
    phone_numbers: Annotated[tuple[PhoneNumber, ...], ShownItems, _items_with("number")] = Field(
        (), validation_alias=AliasPath("contactDetails", "phoneNumbers")
    )
    managers: Annotated[tuple[Manager, ...], _or(())] = Field((), validation_alias="offenderManagers")
    languages: Annotated[Languages | None, Shown] = Field(
        None, validation_alias=AliasPath("offenderProfile", "offenderLanguages")
    )
    disabilities: Annotated[tuple[Disability, ...], ShownItems] = Field(
        (), validation_alias=AliasPath("offenderProfile", "disabilities")
    )

    @property
    def name(self) -> str:
        """First name and surname."""
        return _full_name(self.first_name, self.surname)

    def age(self, on: date) -> int | None:
        """Return the person's age in years on a day; None where their date of birth is not known."""
        born = self.date_of_birth
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) if born else None

    @property
    def active_manager(self) -> Manager | None:
        """Who manages the person now; None where Delius names nobody."""
        return next((each for each in self.managers if each.active and not each.soft_deleted), None)


class PersonalCircumstance(Record):
    """Something about a person's life, like their work; a day that is past as `end_date` means it is over."""

    type_code: Text = Field("", validation_alias=AliasPath("personalCircumstanceType", "code"))
    description: Text = Field("", validation_alias=AliasPath("personalCircumstanceSubType", "description"))
    notes: Text = ""
    start_date: ShownDate = Field(None, validation_alias="startDate")
    end_date: ShownDate = Field(None, validation_alias="endDate")

    @property
    def is_employment(self) -> bool:
        """Whether this is about work: type code B (Community API)."""
        return self.type_code == EMPLOYMENT


class Registration(Record):
    """A risk flag on a person's record."""

    type_code: Text = Field("", validation_alias=AliasPath("type", "code"))
    description: Text = Field("", validation_alias=AliasPath("type", "description"))
    active: TrueIfAbsent = True
    notes: Text = ""
    start_date: ShownDate = Field(None, validation_alias="startDate")
    end_date: ShownDate = Field(None, validation_alias="endDate")
    next_review_date: ShownDate = Field(None, validation_alias="nextReviewDate")


class Access(Record):
    """Whether a user may see a person's record, and Delius's own words where they may not."""

    restricted: bool = Field(validation_alias="userRestricted")
    excluded: bool = Field(validation_alias="userExcluded")
    restriction_message: Text = Field("", validation_alias="restrictionMessage")
    exclusion_message: Text = Field("", validation_alias="exclusionMessage")

    @property
    def allowed(self) -> bool:
        """Whether the record may be seen."""
        return not (self.restricted or self.excluded)

    @property
    def message(self) -> str | None:
        """Why the record may not be seen, as Delius puts it; None where it may be, or where Delius gives no reason."""
        reasons = [
            text
            for applies, text in ((self.restricted, self.restriction_message), (self.excluded, self.exclusion_message))
            if applies and text
        ]
        return " ".join(reasons) or None


class Event(Record):
    """A sentence and what led to it: an event in Delius, a conviction in Community API."""

    event_id: int = Field(validation_alias="convictionId")
    active: TrueIfAbsent = True
    referral_date: date | None = Field(None, validation_alias="referralDate")
    conviction_date: ShownDate = Field(None, validation_alias="convictionDate")
    sentence_description: TextOrNone = Field(None, validation_alias=AliasPath("sentence", "description"))
    start_date: ShownDate = Field(None, validation_alias=AliasPath("sentence", "startDate"))
    expected_end_date: ShownDate = Field(None, validation_alias=AliasPath("sentence", "expectedSentenceEndDate"))
    cja: FalseIfAbsent = Field(False, validation_alias=AliasPath("sentence", "cja2003Order"))
    legacy: FalseIfAbsent = Field(False, validation_alias=AliasPath("sentence", "legacyOrder"))

    @classmethod
    def for_writing(cls, *, event_id: int, referral_date: date | None) -> Self:
        """Return an event with only what an NSI on it needs, from what was kept of it."""
        return cls.model_validate({"event_id": event_id, "referral_date": referral_date})


class Requirement(Record):
    """Something the court ordered as part of a sentence."""

    requirement_id: int = Field(validation_alias="requirementId")
    active: TrueIfAbsent = True
    soft_deleted: FalseIfAbsent = Field(False, validation_alias="softDeleted")
    main_category_code: str | None = Field(None, validation_alias=AliasPath("requirementTypeMainCategory", "code"))
    description: Text = Field("", validation_alias=AliasPath("requirementTypeMainCategory", "description"))
    length: ShownInt = None
    length_unit: TextOrNone = Field(None, validation_alias="lengthUnit")
    rar_count: ShownInt = Field(None, validation_alias="rarCount")
    start_date: ShownDate = Field(None, validation_alias="startDate")
    termination_date: date | None = Field(None, validation_alias="terminationDate")

    @property
    def is_rar(self) -> bool:
        """Whether this is a rehabilitation activity requirement: main category F (Community API)."""
        return self.main_category_code == RAR_CATEGORY

    @property
    def days_ordered(self) -> int | None:
        """The RAR days the court ordered; None where no length is recorded, or one that is not in days."""
        return self.length if (self.length_unit or "").lower() in _DAY_UNITS else None

    @property
    def days_completed(self) -> int:
        """The RAR days completed so far."""
        return self.rar_count or 0

    def is_in_force(self, on: date) -> bool:
        """Return whether the requirement still runs on a day. The day it is terminated on is not one of them."""
        terminated = self.termination_date is not None and self.termination_date <= on
        return self.active and not self.soft_deleted and not terminated


class NsiManager(Record):
    """Who manages an NSI, or did until `end_date`."""

    provider: Provider | None = Field(None, validation_alias="probationArea")
    team: Annotated[Team | None, _none_without("code")] = None
    staff_code: str | None = Field(None, validation_alias=AliasPath("staff", "staffCode"))
    start_date: ShownDate = Field(None, validation_alias="startDate")
    end_date: ShownDate = Field(None, validation_alias="endDate")


class Nsi(Record):
    """A non-statutory intervention: for a RAR toolkit, what its appointments hang from."""

    nsi_id: int = Field(validation_alias="nsiId")
    type_code: Code = Field(validation_alias=AliasPath("nsiType", "code"))
    type_description: Text = Field("", validation_alias=AliasPath("nsiType", "description"))
    sub_type_code: str | None = Field(None, validation_alias=AliasPath("nsiSubType", "code"))
    status_code: Text = Field("", validation_alias=AliasPath("nsiStatus", "code"))
    status_description: Text = Field("", validation_alias=AliasPath("nsiStatus", "description"))
    status_date: ShownTime = Field(None, validation_alias="statusDateTime")
    referral_date: date | None = Field(None, validation_alias="referralDate")
    expected_start_date: ShownDate = Field(None, validation_alias="expectedStartDate")
    expected_end_date: ShownDate = Field(None, validation_alias="expectedEndDate")
    start_date: ShownDate = Field(None, validation_alias="actualStartDate")
    end_date: date | None = Field(None, validation_alias="actualEndDate")
    requirement_id: int | None = Field(None, validation_alias=AliasPath("requirement", "requirementId"))
    active: TrueIfAbsent = True
    soft_deleted: FalseIfAbsent = Field(False, validation_alias="softDeleted")
    provider_code: str | None = Field(None, validation_alias=AliasPath("intendedProvider", "code"))
    length: ShownInt = None
    length_unit: TextOrNone = Field(None, validation_alias="lengthUnit")
    notes: TextOrNone = None
    external_reference: str | None = Field(None, validation_alias="externalReference")
    managers: Annotated[tuple[NsiManager, ...], _or(())] = Field((), validation_alias="nsiManagers")

    @property
    def manager(self) -> NsiManager | None:
        """Who manages the NSI now, or did last; None where Delius names nobody."""
        current = [each for each in self.managers if each.end_date is None]
        return next(reversed(current or self.managers), None)

    @property
    def is_open(self) -> bool:
        """Whether appointments can still be added: neither ended nor deleted. An answer that does not say is open."""
        return self.active and not self.soft_deleted and self.end_date is None


class LocationRule(StrEnum):
    """Whether an appointment of a type has a location."""

    REQUIRED = "REQUIRED"
    OPTIONAL = "OPTIONAL"
    NOT_REQUIRED = "NOT_REQUIRED"

    @classmethod
    def _missing_(cls, value: object) -> "LocationRule":
        """Read a rule that we do not know as one that neither demands a location nor forbids it."""
        return cls.OPTIONAL


class AppointmentType(Record):
    """A type of appointment; `order_types` are the kinds of sentence (CJA, LEGACY) it may be offered for."""

    code: Code = Field(validation_alias="contactType")
    description: Text = ""
    order_types: Annotated[tuple[str, ...], _or(())] = Field((), validation_alias="orderTypes")
    location: Annotated[LocationRule, _or(LocationRule.OPTIONAL)] = Field(
        LocationRule.OPTIONAL, validation_alias="requiresLocation"
    )


class OfficeLocation(Record):
    """An office of a team."""

    code: Code
    description: Text = ""
    building_name: Text = Field("", validation_alias="buildingName")
    building_number: Text = Field("", validation_alias="buildingNumber")
    street_name: Text = Field("", validation_alias="streetName")
    town_city: Text = Field("", validation_alias="townCity")
    county: Text = ""
    postcode: Text = ""

    @property
    def address(self) -> str:
        """The address on one line, without what is not known."""
        street = " ".join(filter(None, (self.building_number, self.street_name)))
        return ", ".join(filter(None, (self.building_name, street, self.town_city, self.county, self.postcode)))


class Contact(Record):
    """An appointment as the contact log has it, with the NSI it hangs from where it is a session of one."""

    contact_id: int = Field(validation_alias="contactId")
    type_code: Text = Field("", validation_alias=AliasPath("type", "code"))
    start: LondonTime | None = Field(None, validation_alias="contactStart")
    end: ShownTime = Field(None, validation_alias="contactEnd")
    nsi_id: int | None = Field(None, validation_alias=AliasPath("rarActivityDetail", "nsiId"))
    rar_requirement_id: ShownInt = Field(None, validation_alias=AliasPath("rarActivityDetail", "requirementId"))
    type_description: Text = Field("", validation_alias=AliasPath("type", "description"))
    office_description: Text = Field("", validation_alias=AliasPath("officeLocation", "description"))
    sensitive: FalseIfAbsent = False
    rar_type_code: Text = Field("", validation_alias=AliasPath("rarActivityDetail", "type", "code"))
    rar_sub_type_code: Text = Field("", validation_alias=AliasPath("rarActivityDetail", "subtype", "code"))
    rar_type: Text = Field("", validation_alias=AliasPath("rarActivityDetail", "type", "description"))
    rar_sub_type: Text = Field("", validation_alias=AliasPath("rarActivityDetail", "subtype", "description"))
    outcome_code: Text = Field("", validation_alias=AliasPath("outcome", "code"))
    outcome_description: Text = Field("", validation_alias=AliasPath("outcome", "description"))
    attended: Annotated[bool | None, Shown] = Field(None, validation_alias=AliasPath("outcome", "attended"))


class ContactsPage(Record):
    """A page of a contact log, of `total_pages`."""

    contacts: tuple[Contact, ...] = Field(validation_alias="content")
    total_pages: int = Field(validation_alias="totalPages")


class CreatedAppointment(Record):
    """What Community API says of an appointment that it has just made."""

    appointment_id: int = Field(validation_alias="appointmentId")
    start: ShownTime = Field(None, validation_alias="appointmentStart")
    end: ShownTime = Field(None, validation_alias="appointmentEnd")
    type_code: Text = Field("", validation_alias="type")
    type_description: Text = Field("", validation_alias="typeDescription")


class CreatedNsi(Record):
    """What Delius API says of an NSI that it has just made."""

    nsi_id: int = Field(validation_alias="id")


def _full_name(*names: str) -> str:
    return " ".join(filter(None, names))
