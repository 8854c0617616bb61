"""Moving an appointment to another time, idempotent by the reference of the new one."""

from uuid import UUID

from delius.client import get_client
from delius.records import Appointment
from delius.request_bodies import NewTime, RequestedBy
from delius.writes.appointments import NAMESPACE

__all__ = ["NewTime", "RequestedBy", "move"]


def move(*, crn: str, contact_id: int, reference: UUID, new: NewTime, username: str) -> Appointment:
    """Close an appointment as rescheduled and make the one that takes its place, on behalf of a user.

    Idempotent by `reference`, which is that of the new one. Returns the new one, which keeps type, event, requirement,
    NSI, RAR flag and sensitivity. Raises Refused, also where the old one has an outcome; Conflict: CHANGED where it is
    not of the version that was read, OVERLAP, NSI_CLOSED, or REFERENCE_SPENT where the one with the reference was
    soft-deleted or belongs to another; NotFound; LimitedAccess; Unavailable; DeliusContractError.
    """
    return get_client().reschedule(crn, contact_id, f"{NAMESPACE}{reference}", new, username=username)
