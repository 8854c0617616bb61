"""The NSI of a RAR toolkit on a requirement: choice among existing ones, idempotent creation, withdrawal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from delius.client import get_client
from delius.records import EnsuredNsi, Nsi
from delius.request_bodies import NewNsi, Officer

__all__ = ["NAMESPACE", "NsiTypeDefaults", "RequirementNsis", "choose", "ensure_nsi", "nsis_of_event", "withdraw_nsi"]

NAMESPACE = "urn:hmpps:rarbooking:nsi:"


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


@dataclass(frozen=True)
class RequirementNsis:
    """The open NSIs of a toolkit on an event: `usable` ones of the requirement, best first, and those `elsewhere`."""

    usable: tuple[Nsi, ...] = ()
    elsewhere: tuple[Nsi, ...] = ()


def nsis_of_event(*, crn: str, event_id: int, username: str) -> tuple[Nsi, ...]:
    """Return every NSI of an event, of any type and requirement, those that have ended too.

    Raises NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    return get_client().nsis(crn, event_id=event_id, username=username)


def choose(nsis: Iterable[Nsi], *, requirement_id: int, type_code: str, sub_type_code: str = "") -> RequirementNsis:
    """Return the NSIs that appointments of a toolkit on a requirement may be linked to, best first.

    First those with a reference of ours, then the one with the most appointments, the latest referral date,
    the lowest id: the order in which `putNsi` matches, so that what is shown is what would be used.
    """

    def order(nsi: Nsi) -> tuple[bool, int, int, int]:
        referred = nsi.referral_date or date.min
        ours = nsi.external_reference.startswith(NAMESPACE)
        return not ours, -nsi.appointment_count, -referred.toordinal(), nsi.nsi_id

    fitting = [
        nsi
        for nsi in nsis
        if nsi.is_open and nsi.type.code == type_code and (not sub_type_code or nsi.sub_type_code == sub_type_code)
    ]
    return RequirementNsis(
        usable=tuple(sorted((nsi for nsi in fitting if nsi.requirement_id == requirement_id), key=order)),
        elsewhere=tuple(nsi for nsi in fitting if nsi.requirement_id != requirement_id),
    )


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
