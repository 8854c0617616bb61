"""The valid answers to the questions that apply, as typed values."""

from dataclasses import dataclass
from datetime import date, datetime, time

from delius.records import AppointmentType, Event, Office
from delius.request_bodies import Officer
from delius.selectors import RarRequirement
from govuk.formats import in_london
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class Answers:
    """One value for each question; None where it is not answered yet or does not apply."""

    officer: Officer | None = None
    appointment_type: AppointmentType | None = None
    rar: bool | None = None
    requirement: RarRequirement | None = None
    event: Event | None = None
    toolkit: ToolkitChoice | None = None
    nsi_id: int | None = None
    office: Office | None = None
    day: date | None = None
    start_time: time | None = None
    end_time: time | None = None
    frequency: str | None = None
    repeats: int = 0
    repeat_days: tuple[date, ...] = ()
    repeat_rar: bool | None = None
    notes: str | None = None
    repeat_notes: bool | None = None
    sensitive: bool | None = None
    repeat_sensitive: bool | None = None

    @property
    def times(self) -> tuple[tuple[datetime, datetime], ...]:
        """The start and end of the appointment and of each repeat, in Europe/London; none before they are answered."""
        if not self.day or not self.start_time or not self.end_time:
            return ()
        start, end = self.start_time, self.end_time
        return tuple((in_london(day, start), in_london(day, end)) for day in (self.day, *self.repeat_days))
