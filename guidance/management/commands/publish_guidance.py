"""Publish the guidance whose moment has come."""

from typing import Any

from django.core.management.base import BaseCommand

from guidance.services.publishing import publish_due


class Command(BaseCommand):
    """For cron, beside `db_worker`: it catches what a worker missed. Any number of both may run at once."""

    help = "Publish every page of guidance that was scheduled for a moment that has come. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish what is due and print how many pages that were."""
        self.stdout.write(f"Guidance: {publish_due()} published")
