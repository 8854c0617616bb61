"""Enqueueing of the task that resumes bookings."""

from datetime import datetime

from cases.delivery.enqueueing import enqueue


def enqueue_resume(*, at: datetime) -> None:
    """Enqueue the task that resumes due bookings, to run at a time."""
    enqueue("booking.tasks.resume_due_bookings", at=at)
