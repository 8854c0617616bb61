"""Bring the mirror of toolkit NSIs and their appointments up to date."""

import re
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from delius import sync
from delius.errors import DeliusError, LeftAlone, NotFound, Overloaded
from toolkits.selectors import nsi_type_codes

CRN = re.compile(r"[A-Z]\d{6}")
MAX_AGE_MINUTES = 60
INTERRUPTED = 130

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    """`manage.py sync_nsis`: reads Delius and never writes to it. Safe to stop, and to run again or twice at once."""

    help = (
        "Read the toolkit NSIs of some cases, and their appointments, from Delius into our own mirror of them. "
        "Cases read a short while ago are skipped. A run that stops is carried on by the next one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose cases to read, how old is too old, and whether to store anything."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--staff", metavar="USERNAME", help="everybody on the caseload of this Delius user")
        whose.add_argument(
            "--provider",
            metavar="CODE",
            help="every case that belonged to this provider when it was last read. Delius has no list of a provider's "
            "cases, so a case has to have been read once with --staff or --crn",
        )
        whose.add_argument("--crn", nargs="+", type=_crn, metavar="CRN", help="these people, for example X000001")
        parser.add_argument(
            "--max-age",
            type=_minutes,
            default=MAX_AGE_MINUTES,
            metavar="MINUTES",
            help="skip cases read less than so many minutes ago (%(default)s); 0 skips none",
        )
        parser.add_argument("--dry-run", action="store_true", help="read and report, but store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync the cases that are due and print what changed. Fails where some could not be read."""
        type_codes = nsi_type_codes()
        if not type_codes:
            raise CommandError("There are no toolkits. Run: manage.py load_toolkits")
        crns = _cases(options)
        due = sync.due(crns, max_age=timedelta(minutes=options["max_age"]))
        counts = Counter(skipped=len(crns) - len(due))
        stopped: BaseException | None = None
        # Shown on a terminal only, whose log lines are then written above it.
        with logging_redirect_tqdm(), tqdm(total=len(due), unit="case", disable=None) as progress:
            try:
                for result in sync.sync_cases(crns=due, type_codes=type_codes, dry_run=options["dry_run"]):
                    counts.update(asdict(result.tally))
                    counts["failed" if result.error else "read"] += 1
                    progress.update()
                    if result.error:
                        with progress.external_write_mode():
                            self.stderr.write(f"{result.crn} could not be read: {type(result.error).__name__}")
            except (DeliusError, KeyboardInterrupt) as error:
                stopped = error
        logger.info("nsis_synced", stopped=type(stopped).__name__ if stopped else None, **counts)
        self.stdout.write(_summary(counts, dry_run=options["dry_run"]))
        left = len(due) - counts["read"] - counts["failed"]
        _fail_unless_done(stopped, failed=counts["failed"], left=left)


def _cases(options: dict[str, Any]) -> Sequence[str]:
    """Return the CRNs of the cases asked for. Raises CommandError where it is not known whose they are."""
    if options["crn"]:
        return list(dict.fromkeys(options["crn"]))
    if options["provider"]:
        crns = sync.known_cases(options["provider"])
        if not crns:
            raise CommandError("No case of this provider has been read yet. Read caseloads first: sync_nsis --staff.")
        return crns
    try:
        return sync.caseload(options["staff"])
    except NotFound:
        raise CommandError("This user has no staff record in Delius.") from None
    except DeliusError as error:
        raise CommandError(f"The caseload could not be read: {type(error).__name__}. Run this again later.") from None


def _summary(counts: Counter[str], *, dry_run: bool) -> str:
    lines = (
        f"Cases: {counts['read']} read, {counts['skipped']} skipped, {counts['failed']} failed",
        f"NSIs: {counts['nsis_new']} new, {counts['nsis_changed']} changed, {counts['nsis_gone']} gone",
        f"Contacts: {counts['contacts_new']} new, {counts['contacts_moved']} moved, {counts['contacts_gone']} gone",
    )
    return "\n".join((*lines, "Nothing was stored.") if dry_run else lines)


def _fail_unless_done(stopped: BaseException | None, *, failed: int, left: int) -> None:
    if isinstance(stopped, KeyboardInterrupt):
        raise CommandError(f"Stopped. Cases left: {left}. Run this again to carry on.", returncode=INTERRUPTED)
    if stopped:
        asks_for_fewer = isinstance(stopped, Overloaded) and not isinstance(stopped, LeftAlone)
        why = "asks for fewer requests" if asks_for_fewer else "does not answer"
        raise CommandError(f"Stopped because Delius {why}. Cases left: {left}. Run this again later to carry on.")
    if failed:
        raise CommandError(f"Cases that could not be read: {failed}. Run this again to try them once more.")


def _crn(text: str) -> str:
    crn = text.upper()
    if not CRN.fullmatch(crn):
        raise ArgumentTypeError(f"{text!r} is not a CRN: one letter and six digits")
    return crn


def _minutes(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a number of minutes")
    return int(text)
