"""When a booking that is under way is worked on next."""

from datetime import datetime, timedelta

from django.utils.module_loading import import_string

# Named and not imported: the task imports what wakes it.
TASK = "booking.tasks.resume_due_bookings"

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)


def delay(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 5 seconds, then twice as long each time, up to 15 minutes."""
    return min(FIRST_DELAY * 2 ** min(tries, 12), LONGEST_DELAY)


def wake(*, at: datetime) -> None:
    """Have a worker look for bookings that are due."""
    import_string(TASK).using(run_after=at).enqueue()
