"""Creating appointments, and finding out whether one was created."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from delius.client import CONTACTS, get_client
from delius.errors import DeliusContractError
from delius.london import as_london
from delius.records import CreatedAppointment
from delius.writes import NewAppointment, Officer

__all__ = ["CreatedAppointment", "NewAppointment", "Officer", "count_by_nsi", "create_appointment", "find_appointment"]


def create_appointment(*, crn: str, event_id: int, appointment: NewAppointment, username: str) -> CreatedAppointment:
    """Create an appointment in the name of its officer, on behalf of a user.

    Raises Refused with Community API's reason; Clash where the person has an appointment at that time, which may be
    this very one from an earlier attempt; Forbidden; NotFound for an unknown person or event; Unavailable, which says
    whether the appointment may have been created.
    """
    return get_client().create_appointment(crn, event_id, appointment, username=username)


def find_appointment(
    *,
    crn: str,
    event_id: int,
    type_code: str,
    start: datetime,
    end: datetime,
    nsi_id: int | None,
    not_among: Collection[int] = (),
) -> int | None:
    """Return the id of an appointment of a type from `start` to `end` (aware, compared to the minute), or None.

    It hangs from the NSI `nsi_id`, or from none, and is not one of `not_among`. Community API does not let two future
    appointments of a person overlap, so there is at most one; in the past, where there may be several, it is the one
    recorded last. Raises DeliusContractError where one that says too little of itself could be the one; NotFound,
    Forbidden, Unavailable.
    """
    first, last = as_london(start), as_london(end)
    logged = get_client().contacts(crn, event_id=event_id, date_from=first.date(), date_to=last.date())
    wanted = (type_code, _minute(first), _minute(last))
    candidates = {
        each.contact_id: (each.type_code or None, _minute(each.start), _minute(each.end))
        for each in logged
        if each.nsi_id == nsi_id and each.contact_id not in not_among
    }
    found = [contact_id for contact_id, facts in candidates.items() if facts == wanted]
    if not found and any(_could_be(facts, wanted) for facts in candidates.values()):
        raise DeliusContractError(CONTACTS.name, "type", "contactStart", "contactEnd")
    return max(found, default=None)


def count_by_nsi(*, crn: str, event_id: int) -> Counter[int]:
    """Return how many appointments of an event hang from each of its NSIs. Raises NotFound, Forbidden, Unavailable."""
    logged = get_client().contacts(crn, event_id=event_id)
    return Counter(each.nsi_id for each in logged if each.nsi_id is not None)


def _could_be(facts: Iterable[object], wanted: Iterable[object]) -> bool:
    return all(fact is None or fact == want for fact, want in zip(facts, wanted, strict=True))


def _minute(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(second=0, microsecond=0)
