"""Command that applies retention to bookings."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from booking.services.retention import purge_bookings


class Command(BaseCommand):
    """For cron, once a day."""

    help = "Delete bookings that have been over for BOOKING_DAYS, and findings of duplicate NSIs not seen for as long."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the numbers."""
        bookings, findings = purge_bookings(before=timezone.now() - timedelta(days=settings.BOOKING_DAYS))
        self.stdout.write(f"Bookings deleted: {bookings}. Findings of duplicate NSIs deleted: {findings}")
