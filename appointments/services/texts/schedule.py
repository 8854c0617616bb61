"""Enqueueing of the task that sends texts and looks whether they arrived."""

from datetime import datetime

from cases.delivery import enqueueing


def enqueue(*, at: datetime) -> None:
    """Enqueue the task for the texts that are due then."""
    enqueueing.enqueue("appointments.tasks.send_due_texts", at=at)
