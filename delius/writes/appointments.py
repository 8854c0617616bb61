"""Writes of appointments, idempotent by reference."""

from uuid import UUID

from delius.client import get_client
from delius.records import Appointment
from delius.request_bodies import NewAppointment

__all__ = ["NAMESPACE", "NewAppointment", "appointment_by_reference", "put_appointment"]

NAMESPACE = "urn:hmpps:rarbooking:appointment:"


def put_appointment(*, crn: str, reference: UUID, appointment: NewAppointment, username: str) -> Appointment:
    """Create an appointment for its officer, on behalf of a user; idempotent by reference.

    Raises Refused; Conflict: OVERLAP with another appointment, NSI_CLOSED, or REFERENCE_SPENT where the one with the
    reference was soft-deleted or is another; NotFound; LimitedAccess; Unavailable; DeliusContractError.
    """
    return get_client().put_appointment(crn, f"{NAMESPACE}{reference}", appointment, username=username)


def appointment_by_reference(*, crn: str, reference: UUID, username: str) -> Appointment:
    """Return the appointment with a reference, uncached.

    Raises NotFound where there is none or it was deleted; LimitedAccess; Unavailable; DeliusContractError.
    """
    return get_client().appointment_by_reference(crn, f"{NAMESPACE}{reference}", username=username)
