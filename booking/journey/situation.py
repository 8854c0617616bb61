"""The inputs of a journey other than its answers: the case, the user, and the available choices."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from booking.formats import LONDON
from delius import selectors as delius
from delius.reads.parallel import ReadResult, in_parallel
from delius.records import Appointment, AppointmentType, Case, Event, Nsi, Office, Relation, Team
from delius.request_bodies import Officer
from delius.selectors import RarRequirement
from delius.writes import nsis
from delius.writes.nsis import RequirementNsis
from toolkits import selectors as toolkits
from toolkits.selectors import ToolkitChoice

# The types that practitioners arrange most, with the names they use for them, in the order they are offered.
FEATURED_TYPES = (
    ("COAP", "Office visit"),
    ("CHVS", "Home visit"),
    ("COVC", "Video call"),
    ("COPT", "Phone call"),
)
FEATURED_NAMES = dict(FEATURED_TYPES)
# Types that never take place at an office, although Delius allows one to be recorded.
AWAY_FROM_OFFICES = frozenset({"CHVS", "COVC", "COPT"})


def type_name(kind: AppointmentType) -> str:
    """Return the display name of an appointment type."""
    return FEATURED_NAMES.get(kind.code) or kind.description or kind.code


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
            return (_team_option(manager.staff_code, manager.team),)
        staff = delius.staff_member(self.username)
        return tuple(_team_option(staff.code, team) for team in staff.teams) if staff else ()

    @property
    def events(self) -> tuple[Event, ...]:
        """The person's active sentences."""
        return self.case.events

    @cached_property
    def rar_requirements(self) -> tuple[RarRequirement, ...]:
        """The RAR requirements in force, that a session could count towards."""
        return delius.rar_requirements(self.case, on=self.today)

    @cached_property
    def appointment_types(self) -> dict[str, AppointmentType]:
        """The featured types that match at least one of the person's active sentences, by code, in order."""
        matching = self._matching_types
        return {code: matching[code] for code, _ in FEATURED_TYPES if code in matching}

    @cached_property
    def other_types(self) -> dict[str, AppointmentType]:
        """The other types that match at least one of the person's active sentences, by code, by name."""
        others = (each for code, each in self._matching_types.items() if code not in FEATURED_NAMES)
        return {each.code: each for each in sorted(others, key=lambda each: type_name(each).casefold())}

    @cached_property
    def _matching_types(self) -> dict[str, AppointmentType]:
        laws = {each.order.legislation for each in self.events if each.order and each.order.legislation}
        return {
            each.code: each
            for each in delius.appointment_types()
            if not each.for_person_only and (not laws or laws & set(each.legislations))
        }

    def offices(self, team_code: str) -> tuple[Office, ...]:
        """The open offices of a team, sorted by name."""
        if team_code not in self._offices:
            self._offices[team_code] = delius.offices(team_code)
        return self._offices[team_code]

    def office_name(self, office: Office, team_code: str) -> str:
        """The name to tell an office by: with its address where another of the team's offices has the same name."""
        name = office.description or office.code
        is_alike = sum(each.description == office.description for each in self.offices(team_code)) > 1
        return f"{name}, {office.address}" if is_alike and office.address else name

    def toolkits(self, officer: Officer, on: date) -> tuple[ToolkitChoice, ...]:
        """The toolkits that the officer's team may choose from on a day; none where it is not on toolkits."""
        if (officer, on) not in self._toolkits:
            self._toolkits[officer, on] = tuple(
                toolkits.toolkits_for(provider_code=officer.provider_code, team_code=officer.team_code, on=on)
            )
        return self._toolkits[officer, on]

    def nsis(self, requirement: RarRequirement, toolkit: ToolkitChoice) -> RequirementNsis:
        """The NSIs of a toolkit on a requirement's event, as Delius has them now. Raises Unavailable."""
        return nsis.choose(
            self._nsis_of(requirement.event),
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
            nsi.nsi_id for nsi in self._nsis_of(requirement.event) if nsi.requirement_id == requirement.requirement_id
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

    def _nsis_of(self, event: Event) -> tuple[Nsi, ...]:
        if event.event_id not in self._nsis:
            [self._nsis[event.event_id]] = in_parallel([lambda: self._read_nsis(event)])
        return self._nsis[event.event_id].get()

    def _read_nsis(self, event: Event) -> tuple[Nsi, ...]:
        return nsis.nsis_of_event(crn=self.case.crn, event_id=event.event_id, username=self.username)

    def _read_upcoming(self) -> tuple[Appointment, ...]:
        return delius.upcoming_appointments(self.case.crn, username=self.username)


def _team_option(staff_code: str, team: Team) -> TeamOption:
    officer = Officer(provider_code=team.provider.code, team_code=team.code, staff_code=staff_code)
    return TeamOption(officer=officer, name=team.description or team.code)
