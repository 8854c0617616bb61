"""What we send to Delius."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from delius.london import to_upstream


@dataclass(frozen=True)
class Officer:
    """In whose name something is recorded: a member of staff, of a team, of a provider."""

    provider_code: str
    team_code: str
    staff_code: str


@dataclass(frozen=True)
class NewNsi:
    """An NSI to be created on a requirement. `length` is in the unit of its type, and None where the type has none.

    `status_date` is aware. `urn` is ours: a reference by which the NSI can be known again.
    """

    crn: str
    event_id: int
    requirement_id: int
    type_code: str
    sub_type_code: str | None
    status_code: str
    status_date: datetime
    referral_date: date
    length: int | None
    notes: str
    officer: Officer
    urn: str

    def to_json(self) -> dict[str, Any]:
        """Return the body that Delius API takes. Optional fields without a value are left out."""
        body = {
            "offenderCrn": self.crn,
            "eventId": self.event_id,
            "requirementId": self.requirement_id,
            "type": self.type_code,
            "subType": self.sub_type_code or None,
            "status": self.status_code,
            "statusDate": to_upstream(self.status_date),
            "referralDate": self.referral_date.isoformat(),
            "length": self.length,
            "notes": self.notes or None,
            "intendedProvider": self.officer.provider_code,
            "manager": {
                "provider": self.officer.provider_code,
                "team": self.officer.team_code,
                "staff": self.officer.staff_code,
            },
            "externalReference": self.urn or None,
        }
        return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True)
class NewAppointment:
    """An appointment to be created; `start` and `end` are aware.

    With `nsi_id` it is a RAR session that hangs from that NSI; without, it belongs to the event and does not count
    towards RAR. An empty `office_code` means no location.
    """

    type_code: str
    start: datetime
    end: datetime
    officer: Officer
    office_code: str = ""
    notes: str = ""
    sensitive: bool = False
    nsi_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the body that Community API takes.

        The requirement is never named: an appointment hangs from an NSI or straight from a requirement, and naming both
        is refused. `rarActivity` is demanded with a RAR requirement's NSI and refused without one. The office and the
        notes are required fields even where there are none (Community API).
        """
        body: dict[str, Any] = {
            "contactType": self.type_code,
            "appointmentStart": to_upstream(self.start),
            "appointmentEnd": to_upstream(self.end),
            "providerCode": self.officer.provider_code,
            "teamCode": self.officer.team_code,
            "staffCode": self.officer.staff_code,
            "officeLocationCode": self.office_code,
            "notes": self.notes,
            "sensitive": self.sensitive,
        }
        if self.nsi_id is not None:
            body |= {"nsiId": self.nsi_id, "rarActivity": True}
        return body
