"""Command that rebuilds the search index."""

from typing import Any

from django.core.management.base import BaseCommand

from govuk.formats import counted
from guidance.search import index


class Command(BaseCommand):
    """`manage.py rebuild_guidance_index`: idempotent, and safe while users search."""

    help = "Rebuild the search index from published guidance. Publishing keeps the index up to date by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild the index and print the number of entries."""
        count = index.rebuild()
        if options["verbosity"] > 0:
            self.stdout.write(f"Guidance: {counted(count, 'page')} can be found")
