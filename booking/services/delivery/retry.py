"""Enqueueing of the task that resumes bookings."""

from datetime import datetime

from django.utils.module_loading import import_string

from delius.retries import FIRST_DELAY, backoff

__all__ = ["FIRST_DELAY", "TASK", "backoff", "enqueue_resume"]

# A dotted path, because the task imports this module.
TASK = "booking.tasks.resume_due_bookings"


def enqueue_resume(*, at: datetime) -> None:
    """Enqueue the task that resumes due bookings, to run at a time."""
    import_string(TASK).using(run_after=at).enqueue()
