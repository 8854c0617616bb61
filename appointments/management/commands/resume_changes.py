"""Command that resumes changes of appointments under way."""

from typing import Any

from django.core.management.base import BaseCommand

from appointments.services.delivery.resume import resume_due


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it; safe to run concurrently."""

    help = "Resume every outcome and move whose next try is due. Safe to run at any time, by any number of processes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Resume due changes and print how many are now in each state."""
        counts = resume_due()
        summary = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(counts.items()))
        self.stdout.write(f"Outcomes and moves: {summary or 'none due'}")
