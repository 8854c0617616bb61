"""Find somebody in the log."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from rarbooking.observability.logs import alias


class Command(BaseCommand):
    """`manage.py crn_in_logs X000001`: for whoever has a reason to look one person up."""

    help = "Print what stands for a CRN in log lines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the CRN."""
        parser.add_argument("crn")

    def handle(self, *args: Any, crn: str, **options: Any) -> None:
        """Print its alias."""
        self.stdout.write(alias(crn, key=settings.LOG_CRN_KEY))
