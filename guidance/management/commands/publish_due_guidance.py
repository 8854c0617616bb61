"""Command that publishes scheduled guidance that is due."""

from typing import Any

from django.core.management.base import BaseCommand

from guidance.services.publishing import publish_due


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it; safe to run concurrently."""

    help = "Publish every page whose scheduled time has come. Safe to run at any time, by any number of processes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish due pages and print their number."""
        self.stdout.write(f"Guidance: {publish_due()} published as scheduled")
