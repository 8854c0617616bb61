"""Export audit events."""

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.events import record
from audit.export import FORMATS, events_between


class Command(BaseCommand):
    """`manage.py export_audit --from 2026-01-01 --to 2026-01-31`; the export is itself audited."""

    help = "Write the audit events of some days to standard output or a file, as JSON lines or CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the days, the format and the output file."""
        day = date.fromisoformat
        parser.add_argument("--from", dest="first", type=day, required=True, metavar="YYYY-MM-DD", help="the first day")
        parser.add_argument("--to", dest="last", type=day, required=True, metavar="YYYY-MM-DD", help="the last day")
        parser.add_argument("--format", choices=sorted(FORMATS), default="jsonl")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a file that does not exist yet")

    def handle(self, *args: Any, first: date, last: date, output: Path | None, **options: Any) -> None:
        """Write the events, and their number to standard error."""
        if last < first:
            raise CommandError("The last day is before the first.")
        try:
            with output.open("x", encoding="utf-8", newline="") if output else nullcontext(sys.stdout) as file:
                count = FORMATS[options["format"]](events_between(first, last), file)
        except FileExistsError:
            raise CommandError(f"{output} exists.") from None
        self.stderr.write(f"Audit events: {count}")
        record(what="AUDIT_EXPORTED", who=None, details={"from": str(first), "to": str(last), "events": count})
