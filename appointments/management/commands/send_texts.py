"""Command that sends texts that are due."""

from typing import Any

from django.core.management.base import BaseCommand

from appointments.services.texts.sending import send_due


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it; safe to run concurrently."""

    help = "Send every text that is due, and look whether earlier ones arrived. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send due texts and print how many were taken up."""
        self.stdout.write(f"Texts taken up: {send_due()}")
