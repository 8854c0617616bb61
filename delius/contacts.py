"""Creating appointments, and finding out whether one was created."""

from datetime import datetime

from delius.client import get_client
from delius.london import as_london
from delius.records import Appointment, CreatedAppointment
from delius.writes import NewAppointment, Officer

__all__ = ["CreatedAppointment", "NewAppointment", "Officer", "create_appointment", "find_appointment"]


def create_appointment(*, crn: str, event_id: int, appointment: NewAppointment, username: str) -> CreatedAppointment:
    """Create an appointment in the name of its officer, on behalf of a user.

    Raises Refused with Community API's reason; Clash where the person has an appointment at that time, which may be
    this very one from an earlier attempt; Forbidden; NotFound for an unknown person or event; Unavailable, which says
    whether the appointment may have been created.
    """
    return get_client().create_appointment(crn, event_id, appointment, username=username)


def find_appointment(*, crn: str, type_code: str, start: datetime, end: datetime) -> Appointment | None:
    """Return a person's appointment of a type from `start` to `end` (aware, compared to the minute), or None.

    Community API does not let two future appointments of a person overlap, so there is at most one; in the past, where
    there may be several, it is the one recorded last. Raises NotFound, Forbidden, Unavailable.
    """
    first, last = as_london(start), as_london(end)
    appointments = get_client().appointments(crn, date_from=first.date(), date_to=last.date())
    matching = (
        each
        for each in appointments
        if each.type_code == type_code and _same_minute(each.start, first) and _same_minute(each.end, last)
    )
    return max(matching, key=lambda each: each.appointment_id, default=None)


def _same_minute(one: datetime | None, other: datetime) -> bool:
    return one is not None and one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
