"""Take the bookings further that a crash, an outage or a lost answer left under way."""

from typing import Any

from django.core.management.base import BaseCommand

from booking.services.delivery.resume import resume_due


class Command(BaseCommand):
    """For cron, beside `db_worker` or instead of it: any number of both may run at once."""

    help = "Take every booking that is due as far as it goes now. Safe to run at any time, by any number of processes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Resume what is due and print how many bookings now stand in each state."""
        counts = resume_due()
        summary = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(counts.items()))
        self.stdout.write(f"Bookings: {summary or 'none due'}")
