"""Command that reports missing content and reading ages."""

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.csv_injection import write_escaped_row
from govuk.formats import counted
from guidance.models import Page, PageState
from guidance.quality.findings import missing
from guidance.quality.reading_age import MAX_READING_AGE, reading_age
from guidance.services.import_export import FOLDERS


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the report. `reading_age` is empty where it is not known."""

    page: str
    title: str
    state: str
    reading_age: str
    missing: str

    @property
    def is_hard(self) -> bool:
        """Whether the reading age is above MAX_READING_AGE."""
        return bool(self.reading_age) and int(self.reading_age) > MAX_READING_AGE


class Command(BaseCommand):
    """`manage.py check_guidance`: read-only, without network requests."""

    help = (
        "Say for each page of guidance that is not archived what is missing and the age from which people can follow "
        "it. Looks at what people read, or else at the draft."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options for the format and for drafts."""
        parser.add_argument("--csv", action="store_true", help="for a spreadsheet rather than a terminal")
        parser.add_argument("--drafts", action="store_true", help="look at the drafts rather than at what people read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a row for each page, the highest reading age first."""
        lines = _lines(drafts=options["drafts"])
        if options["csv"]:
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(field.name for field in fields(Line))
            for line in lines:
                write_escaped_row(writer, astuple(line))
            return
        headings = ("Page", "Title", "State", "Age", "Missing")
        for row in _in_columns([headings, *(astuple(line) for line in lines)]):
            self.stdout.write(row)
        self.stdout.write(
            f"\n{counted(len(lines), 'page')}, {sum(bool(line.missing) for line in lines)} with something missing, "
            f"{sum(line.is_hard for line in lines)} harder to read than at age {MAX_READING_AGE}"
        )


def _lines(*, drafts: bool) -> list[Line]:
    lines = [
        _line(folder, page, drafts=drafts)
        for folder, kind in FOLDERS.items()
        for page in kind._default_manager.exclude(state=PageState.ARCHIVED)
    ]
    return sorted(lines, key=lambda line: (-int(line.reading_age or 0), line.page))


def _line(folder: str, page: Page, *, drafts: bool) -> Line:
    shown = page if drafts or page.published is None else type(page).from_content(page.published)
    age = reading_age(shown)
    return Line(
        page=f"{folder}/{shown.slug}",
        title=shown.title,
        state=str(PageState(page.state).label),
        reading_age="" if age is None else str(age),
        missing=", ".join(missing(shown)),
    )


def _in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
