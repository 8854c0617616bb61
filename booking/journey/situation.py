"""What the journey knows besides the answers: whose case it is, who is booking, and what may be chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

from booking.formats import LONDON
from booking.models import NSI_URN
from delius import selectors as delius
from delius.errors import DeliusError
from delius.nsis import NsiTypeDefaults, RequirementNsis, nsis_of_requirement
from delius.parallel import Outcome, side_by_side
from delius.records import AppointmentType, Contact, Nsi, OfficeLocation, PersonalCircumstance, StaffMember
from delius.selectors import Case, CaseEvent, RarRequirement
from delius.writes import Officer
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
# Types that happen where no office is, whatever Delius allows to be recorded.
AWAY_FROM_OFFICES = frozenset({"CHVS", "COVC", "COPT"})


def type_name(kind: AppointmentType) -> str:
    """Return the name by which people know a type of appointment."""
    return FEATURED_NAMES.get(kind.code) or kind.description or kind.code


@dataclass(frozen=True)
class TeamOption:
    """A team that the signed-in member of staff may book for."""

    officer: Officer
    name: str


class Situation:
    """Reads happen when first asked for, and once, also where they fail."""

    def __init__(self, *, case: Case, staff: StaffMember, now: datetime) -> None:
        self.case = case
        self.staff = staff
        self.now = now
        self.today: date = now.astimezone(LONDON).date()
        self._offices: dict[str, tuple[OfficeLocation, ...]] = {}
        self._nsis: dict[tuple[int, str], Outcome[RequirementNsis]] = {}
        self._coming: Outcome[tuple[Contact, ...]] | None = None
        self._toolkits: dict[tuple[Officer, date], tuple[ToolkitChoice, ...]] = {}

    @property
    def first_name(self) -> str:
        """The name to use in a sentence about the person on probation."""
        return self.case.person.first_name

    @cached_property
    def teams(self) -> tuple[TeamOption, ...]:
        """The teams that what we write can be recorded under: those whose provider the account has authority for.

        Raises Unavailable where HMPPS Auth cannot say which those are.
        """
        named = self.named_teams
        allowed = delius.providers_written_for(self.staff.username) if named else frozenset()
        return tuple(team for team in named if team.officer.provider_code in allowed)

    @cached_property
    def named_teams(self) -> tuple[TeamOption, ...]:
        """The teams that can be named to Delius.

        That of the person's active manager, where that is the signed-in member of staff; otherwise their own teams.
        A team whose provider has no code in Delius cannot be named to Community API or Delius API, and is left out.
        """
        manager = self.case.person.active_manager
        if manager and manager.staff_code == self.staff.staff_code:
            pairs = [(manager.provider, manager.team)]
        else:
            pairs = [(self.staff.provider, team) for team in self.staff.teams]
        return tuple(
            TeamOption(
                officer=Officer(provider_code=provider.code, team_code=team.code, staff_code=self.staff.staff_code),
                name=team.description,
            )
            for provider, team in pairs
            if provider and provider.code and team and team.code
        )

    @cached_property
    def events(self) -> tuple[CaseEvent, ...]:
        """The person's active sentences."""
        return self.case.events

    @cached_property
    def rar_requirements(self) -> tuple[RarRequirement, ...]:
        """The active RAR requirements a session could count towards."""
        return self.case.rar_requirements()

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
        orders = {"CJA" for each in self.events if each.event.cja} | {
            "LEGACY" for each in self.events if each.event.legacy
        }
        return {each.code: each for each in delius.appointment_types() if not orders or orders & set(each.order_types)}

    def offices(self, team_code: str) -> tuple[OfficeLocation, ...]:
        """The offices of a team, sorted by name."""
        if team_code not in self._offices:
            self._offices[team_code] = tuple(delius.office_locations(team_code))
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
        key = _nsis_key(requirement, toolkit)
        if key not in self._nsis:
            [self._nsis[key]] = side_by_side([partial(self._read_nsis, requirement, toolkit)])
        return self._nsis[key].get()

    @property
    def coming_appointments(self) -> tuple[Contact, ...]:
        """The person's appointments from today on. Raises Unavailable."""
        if self._coming is None:
            [self._coming] = side_by_side([self._read_coming])
        return self._coming.get()

    def read_together(self, requirement: RarRequirement, toolkit: ToolkitChoice) -> None:
        """Read `nsis` and `coming_appointments` side by side, for a page that needs both and has read neither."""
        key = _nsis_key(requirement, toolkit)
        if key in self._nsis or self._coming is not None:
            return
        reads: list[Callable[[], Any]] = [partial(self._read_nsis, requirement, toolkit), self._read_coming]
        self._nsis[key], self._coming = side_by_side(reads)

    def _read_nsis(self, requirement: RarRequirement, toolkit: ToolkitChoice) -> RequirementNsis:
        return nsis_of_requirement(
            crn=self.case.person.crn,
            event_id=requirement.event.event_id,
            requirement_id=requirement.requirement.requirement_id,
            nsi_type=NsiTypeDefaults(
                type_code=toolkit.nsi_type_code,
                sub_type_code=toolkit.nsi_sub_type_code or None,
                status_code=toolkit.nsi_status_code,
                length=toolkit.nsi_length,
                notes=toolkit.nsi_notes,
            ),
            urn=NSI_URN,
        )

    def _read_coming(self) -> tuple[Contact, ...]:
        return delius.coming_appointments(self.case.person.crn)

    @cached_property
    def work(self) -> tuple[PersonalCircumstance, ...] | None:
        """What work the person does; None where Delius cannot say."""
        try:
            return delius.employment(self.case.person.crn)
        except DeliusError:
            return None

    def rar_days_ahead(self, requirement: RarRequirement) -> frozenset[date]:
        """The days from today on with a session that counts towards a requirement. Raises Unavailable."""
        wanted = requirement.requirement.requirement_id
        return frozenset(
            each.start.date() for each in self.coming_appointments if each.start and each.rar_requirement_id == wanted
        )

    def appointments_on(self, nsi: Nsi) -> int:
        """How many appointments hang from one of several NSIs that were read."""
        found = (each.get().appointments for each in self._nsis.values() if each.error is None)
        return next((counts[nsi.nsi_id] for counts in found if nsi.nsi_id in counts), 0)

    @cached_property
    def placeholder(self) -> ToolkitChoice:
        """The toolkit recorded for teams that are not on toolkits."""
        return toolkits.placeholder()


def _nsis_key(requirement: RarRequirement, toolkit: ToolkitChoice) -> tuple[int, str]:
    return requirement.requirement.requirement_id, toolkit.slug
