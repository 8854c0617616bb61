"""Load the toolkits of toolkits/data/toolkits.toml."""

from typing import Any

from django.core.management.base import BaseCommand

from toolkits.services import load_toolkits


class Command(BaseCommand):
    """`manage.py load_toolkits`: safe to run again."""

    help = "Create the toolkits that are missing. Toolkits that exist are left as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the toolkits and print how many were created and how many were there already."""
        result = load_toolkits()
        if options["verbosity"] > 0:
            self.stdout.write(f"Toolkits: {len(result.created)} created, {len(result.unchanged)} unchanged")
