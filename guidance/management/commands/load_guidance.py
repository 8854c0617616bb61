"""Command that loads the bundled guidance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance.search import index
from guidance.services.import_export import ImportProblems, load_guidance


class Command(BaseCommand):
    """`manage.py load_guidance`: idempotent. Rebuilds the search index too."""

    help = (
        "Create and publish the guidance that is missing, and update what nobody changed here. "
        "What somebody changed, unpublished, archived or deleted is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load guidance/content and print the result."""
        try:
            result = load_guidance()
        except ImportProblems as problems:
            raise CommandError(f"Nothing was loaded. Mend guidance/content:\n{problems}") from problems
        # What a page is found by may differ between releases.
        index.rebuild()
        if options["verbosity"] > 0:
            self.stdout.write(
                f"Guidance: {len(result.created)} created, {len(result.changed)} updated, "
                f"{len(result.unchanged)} unchanged, {len(result.skipped)} left"
            )
            for name, reason in result.skipped.items():
                self.stdout.write(f"  Left {name}: {reason}")
