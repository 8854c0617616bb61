"""Validate toolkits against Delius."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from delius.reads.nsi_types import DeliusError
from toolkits.delius_validation import CheckedToolkit, check_toolkits


class Command(BaseCommand):
    """`manage.py check_toolkits`: reads Delius, changes nothing, exits 1 where an offered toolkit is to be changed."""

    help = "Say of each toolkit what Delius would refuse of a new NSI, and what to change."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each toolkit."""
        try:
            checked = check_toolkits(on=timezone.localdate())
        except DeliusError:
            raise CommandError("Delius does not answer, so nothing was checked. Run this again later.") from None
        if not checked:
            raise CommandError("There are no toolkits. Run: manage.py load_toolkits")
        for each in checked:
            self.stdout.write(f"{each.toolkit}: {_verdict(each)}")
        wrong = sum(each.is_urgent for each in checked)
        if wrong:
            raise CommandError(f"Toolkits to change: {wrong}")


def _verdict(checked: CheckedToolkit) -> str:
    if checked.has_ended:
        return "not checked, its last day has passed"
    verdict = "; ".join(problem.message for problem in checked.problems) or "nothing to change"
    return verdict if checked.toolkit.is_offered else f"not offered yet; {verdict}"
