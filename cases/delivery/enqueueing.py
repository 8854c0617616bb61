"""Enqueueing of tasks by their dotted paths, because tasks import the services that enqueue them."""

from datetime import datetime

from django.utils.module_loading import import_string


def enqueue(task: str, *, at: datetime) -> None:
    """Enqueue a task to run at a time."""
    import_string(task).using(run_after=at).enqueue()
