"""Send the audit events that wait for the queue."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.delivery.sending import send_waiting


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it: any number of both may run at once."""

    help = "Send the audit events that are due to the queue of AUDIT_QUEUE_URL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send them and print how many the queue took."""
        self.stdout.write(f"Audit events sent: {send_waiting()}")
