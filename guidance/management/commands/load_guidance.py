"""Load the guidance that the product comes with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance.services.exchange import Problems, load_guidance


class Command(BaseCommand):
    """`manage.py load_guidance`: safe to run again."""

    help = (
        "Create and publish the guidance that is missing, and update what nobody changed here. "
        "What somebody changed, unpublished, archived or deleted is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load guidance/content and print what became of it."""
        try:
            result = load_guidance()
        except Problems as problems:
            raise CommandError(f"Nothing was loaded. Mend guidance/content:\n{problems}") from problems
        if options["verbosity"] > 0:
            self.stdout.write(
                f"Guidance: {len(result.created)} created, {len(result.changed)} updated, "
                f"{len(result.unchanged)} unchanged, {len(result.left)} left"
            )
            for name, reason in result.left.items():
                self.stdout.write(f"  Left {name}: {reason}")
