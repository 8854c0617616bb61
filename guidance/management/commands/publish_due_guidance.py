"""Publish the guidance that was scheduled for a moment that has come."""

from typing import Any

from django.core.management.base import BaseCommand

from guidance.services.publishing import publish_due


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it: any number of both may run at once."""

    help = "Publish every page whose scheduled time has come. Safe to run at any time, by any number of processes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish what is due and print how many pages that was."""
        self.stdout.write(f"Guidance: {publish_due()} published as scheduled")
