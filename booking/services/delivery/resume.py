"""Resuming bookings that a crash, an outage or a lost response left under way."""

from booking import auditing
from booking.models import Booking, BookingState
from booking.services.delivery import processing, retry
from booking.services.delivery.withdrawal import withdraw_due
from booking.services.draft_release import release_draft
from booking.services.states import transition
from cases.delivery import resuming
from delius import availability
from delius.availability import Service

DELIVERY = resuming.Delivery(
    name="booking",
    states=BookingState,
    process=processing.process,
    transition=transition,
    release_draft=release_draft,
    resumed=auditing.booking_resumed,
    enqueue_resume=retry.enqueue_resume,
    # A row without a reference cannot be sent again: sending it would not be idempotent (docs/booking-states.md).
    may_resubmit=lambda booking: booking.appointment_reference is not None,
)


def resume_due() -> dict[str, int]:
    """Process every booking whose next try is due, and return how many are now in each state (`resuming.resume_due`).

    NSIs that are due are withdrawn, unless the circuit breaker is open.
    """
    counts = resuming.resume_due(DELIVERY, Booking)
    if availability.retry_after(*Service) is None:
        withdraw_due()
    return counts
