"""The outcome of an appointment, idempotent by the id of the request."""

from uuid import UUID

from delius.client import get_client
from delius.records import Appointment
from delius.request_bodies import NewOutcome

__all__ = ["NewOutcome", "put_outcome"]


def put_outcome(*, crn: str, contact_id: int, request_id: UUID, outcome: NewOutcome, username: str) -> Appointment:
    """Record what came of an appointment, on behalf of a user; idempotent by `request_id`.

    Its notes are added once, however often it is sent. Returns the appointment as it is now. Raises Conflict (CHANGED)
    where it is not of the version that was read; Refused; NotFound; LimitedAccess; Unavailable; DeliusContractError.
    """
    return get_client().put_outcome(crn, contact_id, outcome, request_id=request_id, username=username)
