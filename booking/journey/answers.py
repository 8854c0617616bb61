"""The valid answers to the questions that apply, as typed values."""

from dataclasses import dataclass
from datetime import date, time

from delius.records import AppointmentType, Event, Office
from delius.request_bodies import Officer
from delius.selectors import RarRequirement
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
