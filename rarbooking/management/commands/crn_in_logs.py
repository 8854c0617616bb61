"""Look up a CRN's pseudonym in the log."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from rarbooking.observability.pseudonymisation import crn_pseudonym


class Command(BaseCommand):
    """`manage.py crn_in_logs X000001`: for support with a reason to look one person up."""

    help = "Print the pseudonym that log lines have in place of a CRN."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the CRN."""
        parser.add_argument("crn")

    def handle(self, *args: Any, crn: str, **options: Any) -> None:
        """Print the pseudonym."""
        self.stdout.write(crn_pseudonym(crn, key=settings.LOG_CRN_KEY))
