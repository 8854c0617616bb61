"""Send due audit events to the queue."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.delivery.sending import send_due_events


class Command(BaseCommand):
    """Scheduled, beside `db_worker` or instead of it; safe to run concurrently."""

    help = "Send the audit events that are due to the queue of AUDIT_QUEUE_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send and print how many the queue accepted."""
        self.stdout.write(f"Audit events sent: {send_due_events()}")
