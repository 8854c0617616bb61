"""Enqueueing of the task that resumes changes."""

from datetime import datetime

from django.utils.module_loading import import_string

# A dotted path, because the task imports this module.
TASK = "appointments.tasks.resume_due_changes"


def enqueue_resume(*, at: datetime) -> None:
    """Enqueue the task that resumes due changes, to run at a time."""
    import_string(TASK).using(run_after=at).enqueue()
