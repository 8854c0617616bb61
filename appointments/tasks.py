"""Background tasks of changes of appointments, run by `manage.py db_worker`."""

from django_tasks import task

from appointments.services.delivery.resume import resume_due
from appointments.services.texts.sending import send_due


@task()
def resume_due_changes() -> dict[str, int]:
    """Resume every due change. The schedule is in the changes' rows, not in the task."""
    return resume_due()


@task()
def send_due_texts() -> int:
    """Send every due text, and look whether earlier ones arrived. The schedule is in the texts' rows."""
    return send_due()
