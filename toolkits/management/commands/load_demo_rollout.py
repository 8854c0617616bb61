"""Load the demo's rollout."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from toolkits.cache import invalidate_toolkits
from toolkits.models import Rollout, Toolkit

# Provider, team ("" for all of the provider's teams), and the first day in days from today.
# Team N90BBB has no row and neither has its provider: it is not on toolkits yet.
DEMO_ROLLOUT = (
    ("N90", "N90AAA", -90),
    ("N90", "N90DDD", -90),
    ("N90", "N90CCC", 14),
    ("N91", "", -30),
)
# The toolkits that the demo's Delius has, offered although nobody confirmed their codes.
DEMO_NSI_TYPES = ("TKCAC", "TKCON", "TKDEV", "TKMAP", "TKNEW", "TKSFR", "TKSTE")


class Command(BaseCommand):
    """`manage.py load_demo_rollout`: safe to run again; refuses outside the demo profile."""

    help = "Offer the demo's toolkits, and create its rollout rows that are missing, with dates relative to today."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the missing rows and print how many were created and how many were there already."""
        if not settings.DEMO:
            raise CommandError("load_demo_rollout is for the demo profile only: set RARBOOKING_PROFILE=demo.")
        Toolkit.objects.filter(nsi_type_code__in=DEMO_NSI_TYPES).update(offered_unconfirmed=True)
        invalidate_toolkits()
        today = timezone.localdate()
        created = 0
        for provider_code, team_code, days_from_today in DEMO_ROLLOUT:
            _, is_new = Rollout.objects.get_or_create(
                provider_code=provider_code,
                team_code=team_code,
                defaults={"starts_on": today + timedelta(days=days_from_today), "note": "Demo"},
            )
            created += is_new
        if options["verbosity"] > 0:
            self.stdout.write(f"Rollout: {created} created, {len(DEMO_ROLLOUT) - created} unchanged")
