"""Command that applies retention to feedback and searches without results."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from guidance.services.retention import purge_feedback


class Command(BaseCommand):
    """For cron, once a day."""

    help = "Delete readers' feedback, and searches that found nothing, older than GUIDANCE_FEEDBACK_DAYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the numbers."""
        before = timezone.now() - timedelta(days=settings.GUIDANCE_FEEDBACK_DAYS)
        feedback, searches = purge_feedback(before=before)
        self.stdout.write(f"Feedback deleted: {feedback}. Searches deleted: {searches}")
