"""Make the index of guidance anew."""

from typing import Any

from django.core.management.base import BaseCommand

from guidance.search import index


class Command(BaseCommand):
    """`manage.py rebuild_guidance_index`: safe to run again, while people search."""

    help = "Make anew what the search finds guidance by, from what people read. Publishing keeps it in step by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the index and print how many pages can be found."""
        count = index.rebuild()
        if options["verbosity"] > 0:
            self.stdout.write(f"Guidance: {count} pages can be found")
