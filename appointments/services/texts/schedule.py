"""Enqueueing of the task that sends texts and looks whether they arrived."""

from datetime import datetime

from django.utils.module_loading import import_string

# A dotted path, because the task imports this package.
TASK = "appointments.tasks.send_due_texts"


def enqueue(*, at: datetime) -> None:
    """Enqueue the task for the texts that are due then."""
    import_string(TASK).using(run_after=at).enqueue()
