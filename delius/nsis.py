"""Finding the NSI of a RAR toolkit on a requirement, or creating it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog

from delius import conf, contacts
from delius.client import get_client
from delius.errors import Refused
from delius.london import LONDON
from delius.records import Event, Nsi
from delius.writes import NewNsi, Officer

__all__ = [
    "FoundNsi",
    "NsiTypeDefaults",
    "Officer",
    "RequirementNsis",
    "choose",
    "create_nsi",
    "find_nsi",
    "find_or_create_nsi",
    "nsis_of_requirement",
]

LONGEST_NOTES = 4000
CLOCK_TOLERANCE = timedelta(minutes=1)
REFERRED_IN_FUTURE = (
    "Delius has a referral date in the future for this sentence, so a RAR toolkit cannot be recorded on it yet."
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class NsiTypeDefaults:
    """What an NSI of a toolkit is known by, and what a new one is created with.

    `length` is the session count, in the unit of the type, and None where the type has no unit.
    """

    type_code: str
    sub_type_code: str | None
    status_code: str
    length: int | None
    notes: str


@dataclass(frozen=True)
class FoundNsi:
    """The NSI to hang appointments from. `others` are its duplicates: as usable, and not chosen."""

    nsi_id: int
    created: bool
    others: tuple[Nsi, ...] = ()


@dataclass(frozen=True)
class RequirementNsis:
    """The open NSIs of a type on an event: `usable` ones of the requirement, best first, and those `elsewhere`.

    `appointments` has how many hang from each, and is empty unless there was something to choose between.
    """

    usable: tuple[Nsi, ...]
    elsewhere: tuple[Nsi, ...]
    appointments: Mapping[int, int]


def nsis_of_requirement(
    *,
    crn: str,
    event_id: int,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    urn: str = "",
    preferred: int | None = None,
) -> RequirementNsis:
    """Return the NSIs that appointments of a toolkit could hang from, in the order in which one would be used.

    `preferred` is the id of the one that somebody picked or was shown; it comes first if it can be used. Raises
    NotFound, Forbidden, Unavailable.
    """
    found = get_client().nsis(crn, event_id, [nsi_type.type_code])
    usable = choose(found, requirement_id=requirement_id, nsi_type=nsi_type, urn=urn, preferred=preferred)
    counts: Mapping[int, int] = {}
    if len(usable) > 1:
        counts = contacts.count_by_nsi(crn=crn, event_id=event_id)
        usable = choose(
            usable, requirement_id=requirement_id, nsi_type=nsi_type, urn=urn, preferred=preferred, appointments=counts
        )
    elsewhere = tuple(nsi for nsi in found if _fits(nsi, nsi_type) and not _belongs(nsi, requirement_id, urn))
    return RequirementNsis(usable=tuple(usable), elsewhere=elsewhere, appointments=counts)


def find_or_create_nsi(
    *,
    crn: str,
    event: Event,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    officer: Officer,
    username: str,
    urn: str,
    now: datetime,
    today: date,
    preferred: int | None = None,
    about_to_create: Callable[[], None] = lambda: None,
) -> FoundNsi:
    """Return the requirement's open NSI of a type, creating it where there is none.

    `now` is aware and `today` is its date in Europe/London. The caller lets one process at a time do this for a person,
    requirement and type: Delius API has no idempotency key, and for most types nothing there stops duplicates.
    `preferred` is as for `nsis_of_requirement`. `about_to_create` is called right before anything is created, and what
    it raises stops that.

    Raises what `create_nsi` raises. After Unavailable that may have taken effect, look with `find_nsi` before this is
    called again.
    """
    read = partial(
        nsis_of_requirement,
        crn=crn,
        event_id=event.event_id,
        requirement_id=requirement_id,
        nsi_type=nsi_type,
        urn=urn,
        preferred=preferred,
    )
    found = read().usable
    if not found:
        about_to_create()
        try:
            nsi_id = create_nsi(
                crn=crn,
                event=event,
                requirement_id=requirement_id,
                nsi_type=nsi_type,
                officer=officer,
                username=username,
                urn=urn,
                now=now,
                today=today,
            )
        except Refused:
            # Delius API refuses a second open NSI of some types: somebody may have recorded one there a moment ago.
            found = read().usable
            if not found:
                raise
        else:
            return FoundNsi(nsi_id=nsi_id, created=True)
    chosen, *others = found
    if others:
        logger.warning("nsi_duplicates", nsi=chosen.nsi_id, others=[each.nsi_id for each in others])
    return FoundNsi(nsi_id=chosen.nsi_id, created=False, others=tuple(others))


def find_nsi(
    *,
    crn: str,
    event_id: int,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    urn: str = "",
    preferred: int | None = None,
) -> FoundNsi | None:
    """Return the requirement's open NSI of a type, or None. With duplicates, the one that `choose` puts first."""
    found = nsis_of_requirement(
        crn=crn,
        event_id=event_id,
        requirement_id=requirement_id,
        nsi_type=nsi_type,
        urn=urn,
        preferred=preferred,
    ).usable
    return FoundNsi(nsi_id=found[0].nsi_id, created=False, others=found[1:]) if found else None


def create_nsi(
    *,
    crn: str,
    event: Event,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    officer: Officer,
    username: str,
    urn: str,
    now: datetime,
    today: date,
) -> int:
    """Create an NSI on a requirement, on behalf of a user, and return its id.

    The referral date is today. The status is the default of the type, dated a minute ago and to the minute: Delius API
    refuses a status date in the future, and its clock may be some seconds behind ours. No start date is sent: an NSI
    starts with the first session, and Delius API refuses a start date in the future. A length is sent only where there
    is one.

    Raises Refused where the event's referral date is in the future (the NSI's may be neither before that nor after
    today), or with Delius API's reason; Forbidden where the user has no part in the officer's provider; Unavailable,
    which says whether the NSI may have been created.
    """
    if event.referral_date and event.referral_date > today:
        raise Refused(REFERRED_IN_FUTURE)
    new = NewNsi(
        crn=crn,
        event_id=event.event_id,
        requirement_id=requirement_id,
        type_code=nsi_type.type_code,
        sub_type_code=nsi_type.sub_type_code,
        status_code=nsi_type.status_code,
        status_date=_status_date(now, today),
        referral_date=today,
        length=nsi_type.length,
        notes=_with_urn(nsi_type.notes, urn) if conf.urn_in_notes() else nsi_type.notes,
        officer=officer,
        urn=urn,
    )
    return get_client().create_nsi(new, username=username).nsi_id


def choose(
    nsis: Iterable[Nsi],
    *,
    requirement_id: int,
    nsi_type: NsiTypeDefaults,
    urn: str = "",
    preferred: int | None = None,
    appointments: Mapping[int, int] | None = None,
) -> list[Nsi]:
    """Return, best first, the NSIs that appointments of a toolkit on a requirement may hang from.

    Those of the type (and sub type, where the toolkit has one) and the requirement that are neither ended nor
    soft-deleted. First comes the one with the id `preferred`, then one that bears `urn`, then one that bears another
    URN of ours, then the one with the most `appointments`, then the latest referral date, then the lowest id; so the
    choice does not depend on the order Delius answers in.
    """
    counts = appointments or {}
    namespace = urn.rpartition(":")[0]

    def order(nsi: Nsi) -> tuple[bool, bool, bool, int, int, int]:
        referred = nsi.referral_date or date.min
        return (
            nsi.nsi_id != preferred,
            not _bears(nsi, urn),
            not _is_ours(nsi, namespace),
            -counts.get(nsi.nsi_id, 0),
            -referred.toordinal(),
            nsi.nsi_id,
        )

    usable = (nsi for nsi in nsis if _fits(nsi, nsi_type) and _belongs(nsi, requirement_id, urn))
    return sorted(usable, key=order)


def _belongs(nsi: Nsi, requirement_id: int, urn: str) -> bool:
    """What bears the URN is what we made for this requirement, even where Delius does not say what it belongs to."""
    return nsi.requirement_id == requirement_id or (nsi.requirement_id is None and _bears(nsi, urn))


def _fits(nsi: Nsi, nsi_type: NsiTypeDefaults) -> bool:
    return (
        nsi.is_open
        and nsi.type_code == nsi_type.type_code
        and (not nsi_type.sub_type_code or nsi.sub_type_code == nsi_type.sub_type_code)
    )


def _status_date(now: datetime, today: date) -> datetime:
    """Return a minute ago, but not before the referral date, which is today: Delius API refuses that too."""
    midnight = datetime.combine(today, time.min, tzinfo=LONDON)
    return max(now - CLOCK_TOLERANCE, midnight).replace(second=0, microsecond=0)


def _bears(nsi: Nsi, urn: str) -> bool:
    return bool(urn) and (nsi.external_reference == urn or urn in (nsi.notes or "").split())


def _is_ours(nsi: Nsi, namespace: str) -> bool:
    return bool(namespace) and (namespace in (nsi.external_reference or "") or namespace in (nsi.notes or ""))


def _with_urn(notes: str, urn: str) -> str:
    """Return notes that end in a URN, cut so that both are within what Delius takes."""
    if not notes:
        return urn
    return f"{notes[: LONGEST_NOTES - len(urn) - 2]}\n\n{urn}"
