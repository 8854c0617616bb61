"""Purge audit events past their retention period."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.retention import purge


class Command(BaseCommand):
    """Scheduled once a day."""

    help = "Delete audit events older than AUDIT_RETENTION_DAYS. Those that still wait to be sent to the queue stay."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the number of events."""
        count = purge(before=timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))
        self.stdout.write(f"Audit events deleted: {count}")
