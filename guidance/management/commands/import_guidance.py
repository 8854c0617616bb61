"""Command that imports guidance from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guidance.services.import_export import ImportProblems, import_guidance
from guidance.services.publishing import NoteRequired


class Command(BaseCommand):
    """`manage.py import_guidance <folder> --note "What changed"`."""

    help = "Save each file in toolkits/ and risk-flags/ of a folder as the draft of its page: all of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder, the note, and the option to publish."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--note", required=True, help="what changed: it is kept with the versions of the pages")
        parser.add_argument("--publish", action="store_true", help="let people read the pages at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the files and print the result for each page."""
        try:
            result = import_guidance(options["folder"], note=options["note"], publishes=options["publish"])
        except NoteRequired as error:
            raise CommandError("Say what changed in --note") from error
        except OSError as error:
            raise CommandError(f"Could not read {error.filename}: {error.strerror}") from error
        except ImportProblems as problems:
            raise CommandError(f"Nothing was imported. Mend these files:\n{problems}") from problems
        if options["verbosity"] > 0:
            published = f", {len(result.published)} published" if options["publish"] else ""
            self.stdout.write(
                f"Guidance: {len(result.created)} created, {len(result.changed)} changed, "
                f"{len(result.unchanged)} unchanged{published}"
            )
            for word, names in (("Created", result.created), ("Changed", result.changed)):
                for name in names:
                    self.stdout.write(f"  {word} {name}")
