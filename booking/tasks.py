"""What workers do (`manage.py db_worker`)."""

from django_tasks import task

from booking.services.delivery.resume import resume_due


@task()
def resume_due_bookings() -> dict[str, int]:
    """Take every booking that is due further. Which ones are due is written on the bookings, not in the task."""
    return resume_due()
