"""Enqueueing of the task that resumes changes."""

from datetime import datetime

from cases.delivery.enqueueing import enqueue


def enqueue_resume(*, at: datetime) -> None:
    """Enqueue the task that resumes due changes, to run at a time."""
    enqueue("appointments.tasks.resume_due_changes", at=at)
