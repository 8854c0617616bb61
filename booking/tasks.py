"""Background tasks of bookings, run by `manage.py db_worker`."""

from django_tasks import task

from booking.services.delivery.resume import resume_due


@task()
def resume_due_bookings() -> dict[str, int]:
    """Resume every due booking. The schedule is in the bookings' rows, not in the task."""
    return resume_due()
