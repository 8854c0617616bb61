"""Bring the mirror of toolkit NSIs and their appointments up to date."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from delius.errors import CircuitOpen, DeliusError, Overloaded, Refused
from delius.mirror import sync
from toolkits.selectors import nsi_type_codes

EXIT_INTERRUPTED = 130

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    """`manage.py sync_nsis`: reads Delius and never writes to it. Safe to stop, and to run again or twice at once."""

    help = (
        "Read what changed of toolkit NSIs, and their appointments, from Delius into our own mirror of them. "
        "It goes on where the last run stopped; the first one, and the first after a toolkit was added, reads all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --from-beginning and --dry-run."""
        parser.add_argument(
            "--from-beginning", action="store_true", help="read everything, wherever the last run stopped"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and report, but store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the feed of changes and print counts. Fails where the end of the feed was not reached."""
        type_codes = nsi_type_codes()
        if not type_codes:
            raise CommandError("There are no toolkits. Run: manage.py load_toolkits")
        if len(type_codes) > sync.MAX_TYPES:
            raise CommandError(f"Toolkits have more than {sync.MAX_TYPES} NSI types: Delius answers for no more.")
        dry_run = options["dry_run"]
        counts: Counter[str] = Counter(read=0, **asdict(sync.ChangeCounts()))
        stopped: BaseException | None = None
        # The progress bar is shown on a terminal only; log lines are written above it.
        with logging_redirect_tqdm(), tqdm(unit=" changes", disable=None) as progress:
            pages = sync.sync_changes(type_codes=type_codes, from_beginning=options["from_beginning"], dry_run=dry_run)
            try:
                for page in pages:
                    counts.update(read=page.changes, **asdict(page.counts))
                    progress.update(page.changes)
                    if page.up_to:
                        progress.set_postfix_str(f"up to {page.up_to:%-d %B %Y}")
            except (DeliusError, KeyboardInterrupt) as error:
                stopped = error
        logger.info("nsis_synced", stopped=type(stopped).__name__ if stopped else None, **counts)
        self.stdout.write(_summary(counts, dry_run=dry_run))
        if isinstance(stopped, KeyboardInterrupt):
            raise CommandError("Stopped. Run this again to carry on.", returncode=EXIT_INTERRUPTED)
        if stopped:
            raise CommandError(f"Stopped because Delius {_reason(stopped)}")


def _summary(counts: Counter[str], *, dry_run: bool) -> str:
    lines = (
        f"Changes: {counts['read']} read",
        f"NSIs: {counts['nsis_new']} new, {counts['nsis_changed']} changed, {counts['nsis_gone']} gone",
        f"Contacts: {counts['contacts_new']} new, {counts['contacts_moved']} moved, {counts['contacts_gone']} gone",
    )
    return "\n".join((*lines, "Nothing was stored.") if dry_run else lines)


def _reason(error: BaseException) -> str:
    if isinstance(error, Refused):
        return f"refused to go on from here ({error.reason}). Run this with --from-beginning."
    if isinstance(error, Overloaded) and not isinstance(error, CircuitOpen):
        return "asks for fewer requests. Run this again later to carry on."
    return "does not answer. Run this again later to carry on."
