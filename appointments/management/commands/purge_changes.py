"""Command that applies retention to outcomes, moves and drafts of them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.services.retention import erase_typed_text, purge_changes, purge_drafts, purge_text_messages


class Command(BaseCommand):
    """For cron, once a day."""

    help = (
        "Delete drafts of outcomes and moves not updated for DRAFT_DAYS, erase what was typed for those refused before"
        " then, and delete outcomes, moves and texts that have been over for BOOKING_DAYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the numbers."""
        now = timezone.now()
        old_draft, old_change = now - timedelta(days=settings.DRAFT_DAYS), now - timedelta(days=settings.BOOKING_DAYS)
        drafts, erased = purge_drafts(before=old_draft), erase_typed_text(before=old_draft)
        changes = purge_changes(before=old_change)
        texts = purge_text_messages(before=old_change)
        self.stdout.write(
            f"Drafts deleted: {drafts}. Changes whose notes were forgotten: {erased}. Changes deleted: {changes}."
            f" Texts deleted: {texts}"
        )
