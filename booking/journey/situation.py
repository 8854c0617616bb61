"""The inputs of a journey other than its answers: the case, the user, and the available choices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from cases.presenters.appointment_types import FEATURED_NAMES, FEATURED_TYPES, type_names
from cases.presenters.distinguishing import Described, distinct_names
from cases.presenters.sentences import requirement_names, sentence_names
from delius import selectors as delius
from delius.reads.nsis import RequirementNsis, choose
from delius.reads.parallel import ReadResult, in_parallel
from delius.records import Appointment, AppointmentType, Case, Event, Nsi, Office, Relation, Team
from delius.request_bodies import Officer
from delius.selectors import RarRequirement
from govuk.formats import LONDON
from govuk.sorting import sort_key
from toolkits import selectors as toolkits
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class TeamOption:
    """A team that the user may book for."""

    officer: Officer
    name: str


@dataclass(frozen=True)
class RarDaysAhead:
    """The days from today on with a session towards a requirement: those completed, and those booked."""

    completed: frozenset[date]
    booked: frozenset[date]


class Situation:
    """Reads from Delius are lazy and memoised for the request, failures too."""

    def __init__(self, *, case: Case, username: str, now: datetime) -> None:
        self.case = case
        self.username = username
        self.now = now
        self.today: date = now.astimezone(LONDON).date()
        self._offices: dict[str, tuple[Office, ...]] = {}
        self._nsis: dict[int, ReadResult[tuple[Nsi, ...]]] = {}
        self._upcoming: ReadResult[tuple[Appointment, ...]] | None = None
        self._toolkits: dict[tuple[Officer, date], tuple[ToolkitChoice, ...]] = {}

    @property
    def first_name(self) -> str:
        """The name to use in a sentence about the person on probation."""
        return self.case.name.familiar

    @cached_property
    def teams(self) -> tuple[TeamOption, ...]:
        """The teams that the user may record the appointment under.

        The one in which they manage the person, or else their own open teams. Raises Unavailable.
        """
        manager = self.case.manager
        if manager and self.case.relation is Relation.USER:
            return _team_options(manager.staff_code, [manager.team])
        staff = delius.staff_member(self.username)
        return _team_options(staff.code, staff.teams) if staff else ()

    @cached_property
    def sentence_names(self) -> dict[int, str]:
        """The names to tell the person's active sentences by, by event id."""
        return sentence_names(self.events)

    @cached_property
    def requirement_names(self) -> dict[int, str]:
        """The names to tell the RAR requirements in force by, by requirement id."""
        return requirement_names(self.rar_requirements)

    @property
    def events(self) -> tuple[Event, ...]:
        """The person's active sentences."""
        return self.case.events

    @cached_property
    def rar_requirements(self) -> tuple[RarRequirement, ...]:
        """The RAR requirements in force, that a session could count towards."""
        return delius.rar_requirements(self.case, on=self.today)

    @property
    def appointment_types(self) -> dict[str, AppointmentType]:
        """The featured types that match at least one of the person's active sentences, by code, in order."""
        return self._types.featured

    @property
    def other_types(self) -> dict[str, AppointmentType]:
        """The other types that match at least one of the person's active sentences, by code, by name."""
        return self._types.others

    @property
    def type_names(self) -> dict[str, str]:
        """The names to tell the types of an appointment by, by code."""
        return self._types.names

    @cached_property
    def _types(self) -> "_OfferedTypes":
        laws = frozenset(each.order.legislation for each in self.events if each.order and each.order.legislation)
        return _offered_types(delius.appointment_types(), laws)

    def offices(self, team_code: str) -> tuple[Office, ...]:
        """The open offices of a team, sorted by name."""
        if team_code not in self._offices:
            self._offices[team_code] = delius.offices(team_code)
        return self._offices[team_code]

    def toolkits(self, officer: Officer, on: date) -> tuple[ToolkitChoice, ...]:
        """The toolkits that the officer's team may choose from on a day; none where it is not on toolkits."""
        if (officer, on) not in self._toolkits:
            self._toolkits[officer, on] = tuple(
                toolkits.toolkits_for(provider_code=officer.provider_code, team_code=officer.team_code, on=on)
            )
        return self._toolkits[officer, on]

    def nsis(self, requirement: RarRequirement, toolkit: ToolkitChoice) -> RequirementNsis:
        """The NSIs of a toolkit on a requirement's event, as Delius has them now. Raises Unavailable."""
        return choose(
            self.nsis_of(requirement.event),
            requirement_id=requirement.requirement_id,
            type_code=toolkit.nsi_type_code,
            sub_type_code=toolkit.nsi_sub_type_code or "",
        )

    @property
    def upcoming_appointments(self) -> tuple[Appointment, ...]:
        """The person's appointments from today on. Raises Unavailable."""
        if self._upcoming is None:
            [self._upcoming] = in_parallel([self._read_upcoming])
        return self._upcoming.get()

    def prefetch(self, event: Event) -> None:
        """Read the NSIs of an event and `upcoming_appointments` concurrently, for a page that needs both."""
        if event.event_id in self._nsis or self._upcoming is not None:
            return
        reads: list[Callable[[], Any]] = [lambda: self._read_nsis(event), self._read_upcoming]
        self._nsis[event.event_id], self._upcoming = in_parallel(reads)

    def rar_days_ahead(self, requirement: RarRequirement) -> RarDaysAhead:
        """The days from today on that have a session towards a requirement. Raises Unavailable."""
        ours = {
            nsi.nsi_id for nsi in self.nsis_of(requirement.event) if nsi.requirement_id == requirement.requirement_id
        }
        sessions = [
            each
            for each in self.upcoming_appointments
            if each.counts_towards_rar
            and (each.nsi.nsi_id in ours if each.nsi else each.requirement_id == requirement.requirement_id)
        ]
        completed = {each.start.date() for each in sessions if each.outcome and each.outcome.attended}
        without_outcome = {each.start.date() for each in sessions if each.outcome is None}
        return RarDaysAhead(completed=frozenset(completed), booked=frozenset(without_outcome - completed))

    @cached_property
    def placeholder(self) -> ToolkitChoice:
        """The toolkit recorded for teams that are not on toolkits."""
        return toolkits.placeholder()

    def nsis_of(self, event: Event) -> tuple[Nsi, ...]:
        """The NSIs of an event, of any toolkit. Raises Unavailable."""
        if event.event_id not in self._nsis:
            [self._nsis[event.event_id]] = in_parallel([lambda: self._read_nsis(event)])
        return self._nsis[event.event_id].get()

    def _read_nsis(self, event: Event) -> tuple[Nsi, ...]:
        return delius.nsis_of_event(crn=self.case.crn, event_id=event.event_id, username=self.username)

    def _read_upcoming(self) -> tuple[Appointment, ...]:
        return delius.upcoming_appointments(self.case.crn, username=self.username)


@dataclass(frozen=True)
class _OfferedTypes:
    """The appointment types of some legislations, by code."""

    featured: dict[str, AppointmentType]
    others: dict[str, AppointmentType]
    names: dict[str, str]


@lru_cache(maxsize=64)
def _offered_types(kinds: tuple[AppointmentType, ...], laws: frozenset[str]) -> _OfferedTypes:
    """Return the types that match a legislation, or all where none is known. Kept: every page of a journey asks."""
    matching = {
        each.code: each for each in kinds if not each.for_person_only and (not laws or laws & set(each.legislations))
    }
    names = type_names(matching.values())
    others = (each for code, each in matching.items() if code not in FEATURED_NAMES)
    return _OfferedTypes(
        featured={code: matching[code] for code, _ in FEATURED_TYPES if code in matching},
        others={each.code: each for each in sorted(others, key=lambda each: sort_key(names[each.code]))},
        names=names,
    )


def _team_options(staff_code: str, teams: Sequence[Team]) -> tuple[TeamOption, ...]:
    described = {each.code: Described(each.label, [each.provider.description]) for each in teams}
    names = distinct_names(described, noun="team")
    return tuple(
        TeamOption(
            officer=Officer(provider_code=team.provider.code, team_code=team.code, staff_code=staff_code),
            name=names[team.code],
        )
        for team in teams
    )
