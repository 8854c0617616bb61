"""Command that applies retention to drafts and notes."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from booking.services.retention import purge_drafts


class Command(BaseCommand):
    """For cron, once a day."""

    help = "Delete drafts not updated for DRAFT_DAYS, and erase the notes of bookings refused or cancelled before then."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the numbers."""
        drafts, bookings = purge_drafts(before=timezone.now() - timedelta(days=settings.DRAFT_DAYS))
        self.stdout.write(f"Drafts deleted: {drafts}. Bookings whose notes were forgotten: {bookings}")
