"""Delete what people typed and never came back to."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from booking.services.retention import purge_drafts


class Command(BaseCommand):
    """For cron, once a day."""

    help = "Delete drafts that nobody touched for DRAFT_DAYS, and forget notes of what was refused or cancelled before."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete them and print how many there were."""
        drafts, bookings = purge_drafts(before=timezone.now() - timedelta(days=settings.DRAFT_DAYS))
        self.stdout.write(f"Drafts deleted: {drafts}. Bookings whose notes were forgotten: {bookings}")
