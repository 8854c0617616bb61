"""The appointments that a finished journey requests."""

from dataclasses import dataclass, replace
from datetime import datetime

from booking.journey.journey import Journey
from cases.offices import office_name
from delius.records import Event
from delius.request_bodies import Officer
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class AppointmentRequest:
    """One appointment to be booked.

    `requirement_id` and `toolkit` are both set, or neither is: an appointment that counts towards RAR has both.
    """

    crn: str
    event: Event
    officer: Officer
    type_code: str
    type_name: str
    start: datetime
    end: datetime
    office_code: str
    office_name: str
    notes: str
    sensitive: bool
    requirement_id: int | None
    toolkit: ToolkitChoice | None


def appointment_requests(journey: Journey) -> tuple[AppointmentRequest, ...]:
    """Return the appointment of a finished journey, and each of its repeats.

    Raises ValueError while a question is unanswered.
    """
    first, answers = appointment_request(journey), journey.answers
    repeat = replace(
        first,
        notes=first.notes if answers.repeat_notes else "",
        sensitive=bool(answers.repeat_sensitive),
        requirement_id=first.requirement_id if answers.repeat_rar else None,
        toolkit=first.toolkit if answers.repeat_rar else None,
    )
    return first, *(replace(repeat, start=start, end=end) for start, end in answers.times[1:])


def appointment_request(journey: Journey) -> AppointmentRequest:
    """Return the appointment of a finished journey, without its repeats.

    For a team that is not on toolkits the toolkit is the placeholder. Raises ValueError while a question is unanswered.
    """
    answers = journey.answers
    if (
        journey.first_unfinished
        or not answers.officer
        or not answers.event
        or not answers.appointment_type
        or not answers.times
    ):
        raise ValueError("The journey is not finished.")
    start, end = answers.times[0]
    rar = bool(answers.rar and answers.requirement)
    return AppointmentRequest(
        crn=journey.situation.case.crn,
        event=answers.event,
        officer=answers.officer,
        type_code=answers.appointment_type.code,
        type_name=journey.situation.type_names[answers.appointment_type.code],
        start=start,
        end=end,
        office_code=answers.office.code if answers.office else "",
        office_name=office_name(answers.office, journey.situation.offices(answers.officer.team_code))
        if answers.office
        else "",
        notes=answers.notes or "",
        sensitive=bool(answers.sensitive),
        requirement_id=answers.requirement.requirement_id if rar and answers.requirement else None,
        toolkit=(answers.toolkit or journey.situation.placeholder) if rar else None,
    )
