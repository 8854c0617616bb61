"""Command that exports guidance to files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guidance.services.import_export import FOLDERS, export_guidance


class Command(BaseCommand):
    """`manage.py export_guidance <folder>`."""

    help = "Write each page that is not archived into a file in toolkits/ or risk-flags/ of a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder, and the option for published content."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--published", action="store_true", help="write what people read rather than the drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files; print their number, and the files in the folder that belong to no page."""
        folder = options["folder"]
        try:
            written = export_guidance(folder, published=options["published"])
        except OSError as error:
            raise CommandError(f"Could not write {error.filename}: {error.strerror}") from error
        if options["verbosity"] > 0:
            self.stdout.write(f"Guidance: {len(written)} written")
            others = {path for name in FOLDERS for path in (folder / name).glob("*.md")} - set(written)
            for path in sorted(others):
                self.stdout.write(f"  Of no page, and left: {path.relative_to(folder)}")
