"""Request bodies of docs/integration/openapi.yaml."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from delius.london import to_upstream
from delius.records import Officer

__all__ = [
    "MAX_NOTES_LENGTH",
    "NewAppointment",
    "NewNsi",
    "NewOutcome",
    "NewTime",
    "Officer",
    "RequestedBy",
]

# In UTF-16 units (RULES.md).
MAX_NOTES_LENGTH = 4000


@dataclass(frozen=True)
class NewNsi:
    """A new NSI of a requirement. `length` is in the unit of its type, None where the type has none."""

    event_id: int
    requirement_id: int
    type_code: str
    sub_type_code: str
    status_code: str
    referral_date: date
    length: int | None
    notes: str
    officer: Officer

    def to_json(self) -> dict[str, Any]:
        """Return the body of `putNsi`. Optional fields without a value are left out."""
        body = {
            "eventId": self.event_id,
            "requirementId": self.requirement_id,
            "typeCode": self.type_code,
            "subTypeCode": self.sub_type_code or None,
            "statusCode": self.status_code,
            "referralDate": self.referral_date.isoformat(),
            "length": self.length,
            "notes": self.notes or None,
            "manager": self.officer.model_dump(by_alias=True),
        }
        return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True)
class NewAppointment:
    """A new appointment; `start` and `end` are aware.

    With `nsi_id` it is a RAR session linked to that NSI; without, it is linked to the event and does not count towards
    RAR. With `allow_overlap` it may overlap another appointment of the person.
    """

    event_id: int
    type_code: str
    start: datetime
    end: datetime
    officer: Officer
    office_code: str = ""
    notes: str = ""
    sensitive: bool = False
    nsi_id: int | None = None
    allow_overlap: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the body of `putAppointment`. Optional fields without a value are left out.

        The requirement is never sent beside the NSI; `countsTowardsRar` is required with the NSI of a RAR requirement
        and rejected without one (RULES.md, *Appointments*).
        """
        body = {
            "eventId": self.event_id,
            "nsiId": self.nsi_id,
            "countsTowardsRar": self.nsi_id is not None,
            "typeCode": self.type_code,
            "start": to_upstream(self.start),
            "end": to_upstream(self.end),
            "manager": self.officer.model_dump(by_alias=True),
            "officeCode": self.office_code or None,
            "notes": self.notes or None,
            "sensitive": self.sensitive,
            "allowOverlap": self.allow_overlap,
        }
        return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True)
class NewOutcome:
    """What came of an appointment, whose `version` is the one that was read.

    `notes` are added to those there. `sensitive` can be set and not taken away.
    """

    version: int
    outcome_code: str
    enforcement_action_code: str = ""
    notes: str = ""
    sensitive: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the body of `putOutcome`. Optional fields without a value are left out."""
        body = {
            "version": self.version,
            "outcomeCode": self.outcome_code,
            "enforcementActionCode": self.enforcement_action_code or None,
            "notes": self.notes or None,
            "sensitive": self.sensitive or None,
        }
        return {name: value for name, value in body.items() if value is not None}


class RequestedBy(StrEnum):
    """Who asked for an appointment to be moved: the person on probation, or the service."""

    PERSON = "PERSON"
    SERVICE = "SERVICE"


@dataclass(frozen=True)
class NewTime:
    """Another time for an appointment, whose `version` is the one that was read; `start` and `end` are aware.

    `reason` is added to the notes of the old one. With `allow_overlap` the new one may overlap another appointment of
    the person.
    """

    version: int
    start: datetime
    end: datetime
    requested_by: RequestedBy
    reason: str
    office_code: str = ""
    allow_overlap: bool = False

    def to_json(self, *, reference: str) -> dict[str, Any]:
        """Return the body of `reschedule`, with the reference of the new appointment."""
        body = {
            "version": self.version,
            "externalReference": reference,
            "start": to_upstream(self.start),
            "end": to_upstream(self.end),
            "officeCode": self.office_code or None,
            "requestedBy": self.requested_by.value,
            "reason": self.reason,
            "allowOverlap": self.allow_overlap,
        }
        return {name: value for name, value in body.items() if value is not None}
