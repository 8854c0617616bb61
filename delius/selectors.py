"""Reads from Delius for other apps: cached for a short time, in parallel where a page needs several."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from delius import conf
from delius.client import CaseScope, CasesOnly, CaseSort, get_client
from delius.errors import NotFound
from delius.london import today
from delius.reads import cache
from delius.reads.parallel import ReadResult, in_parallel
from delius.records import (
    Appointment,
    AppointmentPage,
    AppointmentType,
    Case,
    CasePage,
    Event,
    Nsi,
    Office,
    OutcomeType,
    RarDays,
    Requirement,
    RiskFlag,
    Staff,
)
from govuk.sorting import SortKey, sort_key

__all__ = [
    "CaseScope",
    "CaseSort",
    "CasesOnly",
    "Overview",
    "RarRequirement",
    "Schedule",
    "appointment",
    "appointment_types",
    "case",
    "cases",
    "invalidate_appointments",
    "invalidate_case",
    "nsis_of_event",
    "offices",
    "outcome_types",
    "overview",
    "rar_requirements",
    "recent_appointments",
    "risk_flags",
    "schedule",
    "staff_member",
    "upcoming_appointments",
]

CASES_SIZE = 50
UPCOMING_SIZE = 100
PAST_SIZE = 20
RECENT_SIZE = 50
# A bound: no person has more upcoming appointments than fit on these.
MAX_PAGES = 20


@dataclass(frozen=True)
class RarRequirement:
    """A RAR requirement, and the event it belongs to."""

    event: Event
    requirement: Requirement

    @property
    def requirement_id(self) -> int:
        """The requirement's id in Delius."""
        return self.requirement.requirement_id

    @property
    def days(self) -> RarDays:
        """The RAR days ordered, completed and booked; zeros where Delius does not count them."""
        known = self.requirement.rar
        return known or RarDays(requirement_id=self.requirement_id, event_id=self.event.event_id, completed=0, booked=0)


def rar_requirements(found: Case, *, on: date) -> tuple[RarRequirement, ...]:
    """Return the RAR requirements of a case that are in force on a day (in Europe/London)."""
    return tuple(
        RarRequirement(event=event, requirement=requirement)
        for event in found.events
        for requirement in event.requirements
        if requirement.is_rar and requirement.is_in_force(on)
    )


def staff_member(username: str) -> Staff | None:
    """Return a user's staff record, read less than DELIUS_CACHE_SECONDS ago; None for a user who has none.

    Raises Unavailable.
    """

    def load() -> Staff | None:
        try:
            return get_client().user(username).staff
        except NotFound:
            return None

    return cache.read_through(cache.key("staff", username), load, seconds=conf.case_cache_seconds())


def cases(
    username: str,
    *,
    search: str,
    sort: CaseSort,
    page: int,
    scope: CaseScope = CaseScope.USER,
    only: CasesOnly | None = None,
) -> CasePage:
    """Return a page (from 0) of the cases that a user, or their teams, manage, as Delius searches and sorts them.

    Never cached. `only` limits it to those with outcomes to record or with RAR days at risk, by Delius's own rule
    (RULES.md, *Appointments*). Raises NotFound for a user without a staff record, Unavailable, DeliusContractError.
    """
    return get_client().cases(username, search=search, sort=sort, page=page, size=CASES_SIZE, scope=scope, only=only)


def case(crn: str, *, username: str) -> Case:
    """Return a person's case as a user may see it: with limited access, `access` and `relation` alone.

    It was read less than DELIUS_CACHE_SECONDS ago. Raises NotFound for an unknown CRN, Unavailable,
    DeliusContractError.
    """
    load = partial(get_client().case, crn, username=username)
    return cache.read_through(cache.key("case", crn, username), load, seconds=conf.case_cache_seconds())


def nsis_of_event(*, crn: str, event_id: int, username: str) -> tuple[Nsi, ...]:
    """Return every NSI of an event, of any type and requirement, those that have ended too.

    Raises NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    return get_client().nsis(crn, event_id=event_id, username=username)


def invalidate_appointments(crn: str, *, username: str) -> None:
    """Invalidate a user's cached appointments of a person, after creating one."""
    cache.invalidate(cache.key("upcoming", crn, username))


def invalidate_case(crn: str, *, username: str) -> None:
    """Invalidate a user's cached case of a person and its appointments, after a write that may change the RAR days."""
    cache.invalidate(cache.key("case", crn, username), cache.key("upcoming", crn, username))


def appointment(crn: str, contact_id: int, *, username: str) -> Appointment:
    """Return one appointment as a user may see it, with the version to change it by; never cached.

    Raises NotFound where the person has none with this id, or it was deleted; LimitedAccess, Unavailable,
    DeliusContractError.
    """
    return get_client().appointment(crn, contact_id, username=username)


def upcoming_appointments(crn: str, *, username: str) -> tuple[Appointment, ...]:
    """Return a person's appointments from today on (in Europe/London), the earliest first.

    Raises NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    load = partial(_upcoming, crn, username)
    return cache.read_through(cache.key("upcoming", crn, username), load, seconds=conf.case_cache_seconds())


def risk_flags(crn: str, *, username: str) -> tuple[RiskFlag, ...]:
    """Return a person's active risk flags. Raises NotFound, LimitedAccess, Unavailable."""
    load = partial(get_client().risk_flags, crn, username=username)
    return cache.read_through(cache.key("risk-flags", crn, username), load, seconds=conf.case_cache_seconds())


@dataclass(frozen=True)
class Overview:
    """A person's appointments: all that are to come with the latest past ones, and past ones without an outcome.

    Both are latest first. Each is the result of a read of its own: the failure of one does not fail the other.
    """

    recent: ReadResult[tuple[Appointment, ...]]
    without_outcome: ReadResult[AppointmentPage]


def overview(crn: str, *, username: str) -> Overview:
    """Return a person's appointments in short; two reads in parallel, never cached."""
    reads: list[Callable[[], Any]] = [
        partial(recent_appointments, crn, username=username),
        partial(
            get_client().appointments,
            crn,
            username=username,
            page=0,
            size=RECENT_SIZE,
            date_to=today(),
            latest_first=True,
            without_outcome=True,
        ),
    ]
    recent, without_outcome = in_parallel(reads)
    return Overview(recent=recent, without_outcome=without_outcome)


def recent_appointments(crn: str, *, username: str) -> tuple[Appointment, ...]:
    """Return all of a person's appointments to come and the latest past ones, the latest first; never cached.

    Raises NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    found: dict[int, Appointment] = {}
    for number in range(MAX_PAGES):
        page = get_client().appointments(crn, username=username, page=number, size=RECENT_SIZE, latest_first=True)
        found |= {each.contact_id: each for each in page.appointments}
        earliest = min((each.start.date() for each in page.appointments), default=date.min)
        if number + 1 >= page.total_pages or earliest < today():
            break
    return tuple(found.values())


@dataclass(frozen=True)
class Schedule:
    """A person's appointments from today on, soonest first, and a page of earlier ones, latest first.

    `risk_flags` is the result of that read: its failure does not fail the schedule.
    """

    upcoming: tuple[Appointment, ...]
    past: tuple[Appointment, ...]
    past_pages: int
    risk_flags: ReadResult[tuple[RiskFlag, ...]]


def schedule(crn: str, *, username: str, page: int) -> Schedule:
    """Return a person's schedule, with page `page` (from 0) of past appointments; read in parallel, never cached.

    Raises NotFound, LimitedAccess, Unavailable, DeliusContractError.
    """
    yesterday = today() - timedelta(days=1)
    past_page = partial(
        get_client().appointments,
        crn,
        username=username,
        page=page,
        size=PAST_SIZE,
        date_to=yesterday,
        latest_first=True,
    )
    reads: list[Callable[[], Any]] = [
        partial(_upcoming, crn, username),
        past_page,
        partial(risk_flags, crn, username=username),
    ]
    upcoming, past, flags = in_parallel(reads)
    earlier: AppointmentPage = past.get()
    return Schedule(
        upcoming=upcoming.get(), past=earlier.appointments, past_pages=earlier.total_pages, risk_flags=flags
    )


def appointment_types() -> tuple[AppointmentType, ...]:
    """Return the appointment types, cached as reference data. Raises Unavailable.

    Up to DELIUS_REFERENCE_STALE_SECONDS old, or DELIUS_REFERENCE_OUTAGE_SECONDS while Delius is unavailable: Delius
    validates the type of a booking itself.
    """
    return cache.read_stale_while_revalidate(
        cache.reference_key("appointment-types"), get_client().appointment_types, ages=_reference_ages()
    )


def outcome_types(type_code: str) -> tuple[OutcomeType, ...]:
    """Return the outcomes that appointments of a type may have; none for a type that is unknown.

    Cached as reference data: Delius validates the outcome itself. Raises Unavailable, DeliusContractError.
    """

    def load() -> tuple[OutcomeType, ...]:
        try:
            return get_client().outcomes(type_code)
        except NotFound:
            return ()

    name = cache.reference_key("outcome-types", type_code)
    return cache.read_stale_while_revalidate(name, load, ages=_reference_ages())


def offices(team_code: str) -> tuple[Office, ...]:
    """Return a team's open offices by description and address; none for a team that is unknown or closed.

    Cached as reference data. Raises Unavailable.
    """

    def load() -> tuple[Office, ...]:
        try:
            return tuple(sorted(_deduplicated(get_client().offices(team_code)), key=_by_name))
        except NotFound:
            return ()

    return cache.read_stale_while_revalidate(cache.reference_key("offices", team_code), load, ages=_reference_ages())


def _upcoming(crn: str, username: str) -> tuple[Appointment, ...]:
    found: dict[int, Appointment] = {}
    for number in range(MAX_PAGES):
        page = get_client().appointments(crn, username=username, page=number, size=UPCOMING_SIZE, date_from=today())
        found |= {each.contact_id: each for each in page.appointments}
        if number + 1 >= page.total_pages:
            break
    return tuple(found.values())


def _reference_ages() -> cache.Ages:
    return cache.Ages(
        fresh=conf.reference_cache_seconds(),
        stale=conf.reference_stale_seconds(),
        outage=conf.reference_outage_seconds(),
    )


def _deduplicated(found: Iterable[Office]) -> Iterable[Office]:
    return {office.code: office for office in found}.values()


def _by_name(office: Office) -> SortKey:
    return sort_key(office.description, office.address, office.code)
