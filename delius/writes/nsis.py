"""The NSI of a RAR toolkit on a requirement: idempotent creation, and withdrawal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from delius.client import get_client
from delius.reads.nsis import NAMESPACE
from delius.records import EnsuredNsi
from delius.request_bodies import NewNsi, Officer

__all__ = ["NAMESPACE", "NsiTypeDefaults", "ensure_nsi", "withdraw_nsi"]


@dataclass(frozen=True)
class NsiTypeDefaults:
    """Codes that match an NSI of a toolkit, and defaults of a new one.

    `sub_type_code` is empty where the type has no sub types. `length` is the session count, in the unit of the type,
    and None where the type has no unit.
    """

    type_code: str
    sub_type_code: str
    status_code: str
    length: int | None
    notes: str


def ensure_nsi(
    *,
    crn: str,
    reference: UUID,
    event_id: int,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    officer: Officer,
    username: str,
    today: date,
) -> EnsuredNsi:
    """Get or create the requirement's open NSI of a type, on behalf of a user; idempotent by reference.

    `today` is the referral date, in Europe/London. The NSI with the reference is returned also where it has ended
    since. Raises Refused, Conflict (REFERENCE_SPENT), NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    new = NewNsi(
        event_id=event_id,
        requirement_id=requirement_id,
        type_code=nsi_type.type_code,
        sub_type_code=nsi_type.sub_type_code,
        status_code=nsi_type.status_code,
        referral_date=today,
        length=nsi_type.length,
        notes=nsi_type.notes,
        officer=officer,
    )
    return get_client().put_nsi(crn, f"{NAMESPACE}{reference}", new, username=username)


def withdraw_nsi(*, crn: str, reference: UUID, username: str) -> None:
    """Soft-delete an NSI that was created for an appointment that was not made; idempotent.

    Raises Conflict (IN_USE) where something is linked to it, NotFound where there never was one, LimitedAccess,
    Unavailable.
    """
    get_client().withdraw_nsi(crn, f"{NAMESPACE}{reference}", username=username)
