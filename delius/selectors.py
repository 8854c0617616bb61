"""What the rest of the house reads from Delius: bounded, side by side, and kept for a short while in Django's cache."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from delius import cases, conf, kept
from delius.cases import CaseEvent, CaseReads
from delius.client import get_client
from delius.errors import LIMITED_ACCESS, Forbidden, NotFound
from delius.london import now, today
from delius.parallel import Outcome, side_by_side
from delius.records import (
    AppointmentType,
    CaseloadEntry,
    Contact,
    Event,
    OfficeLocation,
    Person,
    PersonalCircumstance,
    Registration,
    Requirement,
    StaffMember,
)

__all__ = [
    "Case",
    "CaseEvent",
    "Caseload",
    "CaseloadPerson",
    "RarRequirement",
    "Schedule",
    "appointment_types",
    "case",
    "caseload",
    "coming_appointments",
    "employment",
    "forget_case",
    "next_appointments",
    "office_locations",
    "providers_written_for",
    "risk_flags",
    "schedule",
    "staff_member",
]

# Nobody has more appointments ahead than this; of those that are past, what fits on a page.
COMING_SIZE = 200
PAST_SIZE = 20

Coded = TypeVar("Coded", AppointmentType, OfficeLocation)


@dataclass(frozen=True)
class RarRequirement:
    """A RAR requirement that runs, and the event it belongs to."""

    event: Event
    requirement: Requirement

    @property
    def days_ordered(self) -> int | None:
        """The RAR days the court ordered; None where Delius has no length in days."""
        return self.requirement.days_ordered

    @property
    def days_completed(self) -> int:
        """The RAR days completed so far."""
        return self.requirement.days_completed


@dataclass(frozen=True)
class Case:
    """A person on probation and their active events."""

    person: Person
    events: tuple[CaseEvent, ...]

    def rar_requirements(self, on: date | None = None) -> tuple[RarRequirement, ...]:
        """Return the RAR requirements that run on a day (in Europe/London), by default today."""
        return _rar_requirements(self.events, on or today())


@dataclass(frozen=True)
class CaseloadPerson:
    """A line of somebody's caseload.

    `rar` has, for each running RAR requirement, the days completed and the days ordered (None where not recorded).
    `access_message` is set for a person whose record the reader may not see; there is then nothing else but the CRN.
    `unavailable` says that the RAR days could not be read; neither, perhaps, could the name, which is then empty.
    """

    crn: str
    name: str
    access_message: str | None = None
    rar: tuple[tuple[int, int | None], ...] = ()
    unavailable: bool = False


@dataclass(frozen=True)
class Caseload:
    """The people somebody manages, by surname, those without a name last. `truncated` says that there are more."""

    people: tuple[CaseloadPerson, ...]
    truncated: bool


def staff_member(username: str) -> StaffMember | None:
    """Return a user's staff record, or None for a user who has none. Raises Unavailable."""
    load = partial(get_client().staff_by_username, username)
    try:
        return kept.read_one(kept.key("staff", username), load, seconds=conf.case_cache_seconds())
    except NotFound:
        return None


def providers_written_for(username: str) -> frozenset[str]:
    """Return the codes of the providers in whose name a user may have something created. Raises Unavailable."""
    return get_client().providers_written_for(username)


def case(crn: str, *, username: str) -> Case:
    """Return a person's case, if a user may see it.

    Raises Forbidden, with Delius's own message, where they may not; NotFound for an unknown CRN; Unavailable.
    """
    reads = cases.read_cases([crn], username=username, persons=[crn])[crn]
    access = reads.access.get()
    if not access.allowed:
        raise Forbidden(access.message or LIMITED_ACCESS)
    assert reads.person
    return Case(person=reads.person.get(), events=reads.events.get())


def forget_case(crn: str) -> None:
    """Let the next read of a case be a fresh one, because we changed something in Delius."""
    cases.forget(crn)
    kept.forget(kept.key("coming", crn))


def coming_appointments(crn: str) -> tuple[Contact, ...]:
    """Return a person's appointments from today on (in Europe/London). Raises NotFound, Forbidden, Unavailable.

    Who may see them is for `case` to say.
    """
    load = partial(get_client().contacts, crn, date_from=today())
    return kept.read_one(kept.key("coming", crn), load, seconds=conf.case_cache_seconds())


def next_appointments(crns: Collection[str]) -> dict[str, Contact | None]:
    """Return each person's next appointment, None for nobody's; a person of whom it is not known is left out."""
    client, kept_by_crn = get_client(), {crn: kept.key("coming", crn) for crn in crns}
    outcomes = kept.read(
        {name: partial(client.contacts, crn, date_from=today()) for crn, name in kept_by_crn.items()},
        seconds=conf.case_cache_seconds(),
    )
    return {
        crn: min(
            (each for each in outcomes[name].get() if each.start and each.start >= now()),
            key=lambda each: each.start or now(),
            default=None,
        )
        for crn, name in kept_by_crn.items()
        if outcomes[name].error is None
    }


def employment(crn: str) -> tuple[PersonalCircumstance, ...]:
    """Return what work a person does now (in Europe/London), the latest first. Raises NotFound, Forbidden, Unavailable.

    Who may see it is for `case` to say.
    """
    load = partial(get_client().personal_circumstances, crn)
    found = kept.read_one(kept.key("circumstances", crn), load, seconds=conf.case_cache_seconds())
    current = [each for each in found if each.is_employment and not (each.end_date and each.end_date < today())]
    return tuple(sorted(current, key=lambda each: each.start_date or date.min, reverse=True))


def risk_flags(crn: str) -> tuple[Registration, ...]:
    """Return the risk flags on a person's record, those that were removed too. Raises NotFound, Forbidden, Unavailable.

    Who may see them is for `case` to say.
    """
    load = partial(get_client().registrations, crn)
    return kept.read_one(kept.key("registrations", crn), load, seconds=conf.case_cache_seconds())


@dataclass(frozen=True)
class Schedule:
    """A person's appointments from today on, soonest first, and a page of earlier ones, latest first."""

    coming: tuple[Contact, ...]
    past: tuple[Contact, ...]
    past_pages: int


def schedule(crn: str, *, page: int) -> Schedule:
    """Return a person's schedule, with page `page` (from 0) of what is past. Raises NotFound, Unavailable.

    Who may see it is for `case` to say.
    """
    client = get_client()
    yesterday = today() - timedelta(days=1)
    coming, past = side_by_side(
        [
            partial(client.contacts_page, crn, number=0, size=COMING_SIZE, date_from=today()),
            partial(client.contacts_page, crn, number=page, size=PAST_SIZE, date_to=yesterday),
        ]
    )
    earlier = past.get()
    return Schedule(
        coming=tuple(reversed(coming.get().contacts)), past=earlier.contacts, past_pages=earlier.total_pages
    )


def caseload(staff: StaffMember, *, limit: int) -> Caseload:
    """Return the people a member of staff manages, at most `limit` of them, as far as that member may see them.

    A person whose record cannot be read at the moment is there all the same and says so. Raises Unavailable where it is
    not known who they are.
    """
    entries = sorted(_caseload_entries(staff, limit=limit), key=_by_surname)
    shown = entries[:limit]
    reads = cases.read_cases(
        [entry.crn for entry in shown],
        username=staff.username,
        # The list of eligible people has whole names already, which saves a read for most of a caseload.
        persons={entry.crn for entry in shown if not (entry.first_name and entry.surname)},
    )
    lines = [_line(entry, reads[entry.crn]) for entry in shown]
    named = [line for line in lines if line.name]
    nameless = sorted((line for line in lines if not line.name), key=lambda line: line.crn)
    return Caseload(people=(*named, *nameless), truncated=len(entries) > limit)


def appointment_types() -> tuple[AppointmentType, ...]:
    """Return the types an appointment may have, each code once. Raises Unavailable."""

    def load() -> tuple[AppointmentType, ...]:
        return _each_once(get_client().appointment_types())

    return kept.read_one(kept.key("appointment-types"), load, seconds=conf.reference_cache_seconds())


def office_locations(team_code: str) -> tuple[OfficeLocation, ...]:
    """Return a team's offices by description, each once; none for a team that is unknown or not active.

    Raises Unavailable.
    """

    def load() -> tuple[OfficeLocation, ...]:
        try:
            offices = get_client().office_locations(team_code)
        except NotFound:
            return ()
        return tuple(sorted(_each_once(offices), key=lambda office: (office.description.casefold(), office.code)))

    return kept.read_one(kept.key("offices", team_code), load, seconds=conf.reference_cache_seconds())


def _caseload_entries(staff: StaffMember, *, limit: int) -> Iterable[CaseloadEntry]:
    """Return everybody a member of staff manages, with whole names where the list of eligible people has them."""
    client = get_client()
    managed = kept.key("managed", staff.staff_identifier)
    eligible = kept.key("eligible", staff.username, limit)
    lists = kept.read(
        {
            managed: partial(client.managed_people, staff.staff_identifier),
            eligible: partial(client.eligible_people, staff.username, limit=limit),
        },
        seconds=conf.case_cache_seconds(),
    )
    return {entry.crn: entry for entry in (*lists[managed].get(), *lists[eligible].get())}.values()


def _line(entry: CaseloadEntry, reads: CaseReads) -> CaseloadPerson:
    outcomes: list[Outcome] = [reads.access, reads.events, *([reads.person] if reads.person else [])]
    for outcome in outcomes:
        if isinstance(outcome.error, Forbidden):
            return CaseloadPerson(crn=entry.crn, name="", access_message=outcome.error.message or LIMITED_ACCESS)
    if reads.access.error:
        return CaseloadPerson(crn=entry.crn, name="", unavailable=True)
    access = reads.access.get()
    if not access.allowed:
        return CaseloadPerson(crn=entry.crn, name="", access_message=access.message or LIMITED_ACCESS)
    if reads.person and not reads.person.error:
        name = reads.person.get().name
    else:
        name = " ".join(filter(None, (entry.first_name, entry.surname)))
    if reads.events.error:
        return CaseloadPerson(crn=entry.crn, name=name, unavailable=True)
    running = _rar_requirements(reads.events.get(), today())
    return CaseloadPerson(
        crn=entry.crn, name=name, rar=tuple((each.days_completed, each.days_ordered) for each in running)
    )


def _rar_requirements(events: Iterable[CaseEvent], on: date) -> tuple[RarRequirement, ...]:
    return tuple(
        RarRequirement(event=each.event, requirement=requirement)
        for each in events
        for requirement in each.requirements
        if requirement.is_rar and requirement.is_in_force(on)
    )


def _by_surname(entry: CaseloadEntry) -> tuple[str, str, str]:
    return ((entry.surname or "").casefold(), (entry.first_name or "").casefold(), entry.crn)


def _each_once(items: Iterable[Coded]) -> tuple[Coded, ...]:
    first: dict[str, Coded] = {}
    for item in items:
        first.setdefault(item.code, item)
    return tuple(first.values())
