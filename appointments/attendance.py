"""Whether somebody attended, as it is asked, and the outcomes of Delius that each answer may mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from delius.records import CodeDescription, OutcomeType
from govuk.sorting import sort_key


class Attendance(StrEnum):
    """The answers, in the order they are offered."""

    COMPLIED = "complied"
    FAILED_TO_COMPLY = "failed-to-comply"
    ACCEPTABLE_ABSENCE = "acceptable-absence"
    UNACCEPTABLE_ABSENCE = "unacceptable-absence"


@dataclass(frozen=True)
class AttendanceOutcomes:
    """The outcomes of a type of appointment that one answer may mean: at least one, by description."""

    attendance: Attendance
    outcomes: tuple[OutcomeType, ...]

    @property
    def enforcement_actions(self) -> tuple[CodeDescription, ...]:
        """The enforcement actions that any of the outcomes lists, each once."""
        found = {action.code: action for outcome in self.outcomes for action in outcome.enforcement_actions}
        return tuple(sorted(found.values(), key=lambda action: sort_key(action.description)))

    @property
    def always_demands_enforcement(self) -> bool:
        """Whether each of the outcomes demands an enforcement action."""
        return all(outcome.demands_enforcement for outcome in self.outcomes)


def attendance_of(outcome: OutcomeType) -> Attendance:
    """Return the answer that an outcome belongs to."""
    if outcome.attended:
        return Attendance.COMPLIED if outcome.complied else Attendance.FAILED_TO_COMPLY
    return Attendance.ACCEPTABLE_ABSENCE if outcome.is_acceptable_absence else Attendance.UNACCEPTABLE_ABSENCE


def answers_of(outcome_types: Iterable[OutcomeType]) -> list[AttendanceOutcomes]:
    """Return the answers that the outcomes of a type allow, in order; those that none is of are left out."""
    by_answer: dict[Attendance, list[OutcomeType]] = {}
    for outcome in sorted(outcome_types, key=lambda outcome: sort_key(outcome.description, outcome.code)):
        by_answer.setdefault(attendance_of(outcome), []).append(outcome)
    return [AttendanceOutcomes(each, tuple(by_answer[each])) for each in Attendance if each in by_answer]
