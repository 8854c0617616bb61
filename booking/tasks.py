"""What workers do (`manage.py db_worker`)."""

from django_tasks import task


@task()
def resume_due_bookings() -> dict[str, int]:
    """Take every booking that is due further. Which ones are due is written on the bookings, not in the task."""
    from booking.services.resume import resume_due

    return resume_due()
