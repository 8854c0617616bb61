"""Backoff between tries, and enqueueing of the task that resumes bookings."""

from datetime import datetime, timedelta

from django.utils.module_loading import import_string

# A dotted path, because the task imports this module.
TASK = "booking.tasks.resume_due_bookings"

FIRST_DELAY = timedelta(seconds=5)
MAX_DELAY = timedelta(minutes=15)


def backoff(tries: int) -> timedelta:
    """Return the exponential backoff after so many tries: 5 seconds, doubled each time, at most 15 minutes."""
    return min(FIRST_DELAY * 2 ** min(tries, 12), MAX_DELAY)


def enqueue_resume(*, at: datetime) -> None:
    """Enqueue the task that resumes due bookings, to run at a time."""
    import_string(TASK).using(run_after=at).enqueue()
