"""Purge the mirror."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from delius.mirror.retention import purge


class Command(BaseCommand):
    """Scheduled once a day."""

    help = (
        "Delete from the mirror what has been gone from Delius for MIRROR_DAYS, and NSIs that were ended or "
        "soft-deleted so long ago and have had no appointment since."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the number of rows."""
        rows = purge(before=timezone.now() - timedelta(days=settings.MIRROR_DAYS))
        self.stdout.write(f"Rows of the mirror deleted: {rows}")
