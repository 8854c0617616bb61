"""Protection against CSV injection (formulas in spreadsheets)."""

from collections.abc import Iterable
from typing import Any, Protocol

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class Writer(Protocol):
    """A writer of the csv module."""

    def writerow(self, row: Iterable[Any], /) -> Any: ...


def write_escaped_row(writer: Writer, cells: Iterable[object]) -> None:
    """Write a row with formulas in text cells escaped. Numbers stay numbers."""
    writer.writerow([escape_formula(cell) if isinstance(cell, str) else cell for cell in cells])


def escape_formula(text: str) -> str:
    """Return a text that spreadsheets do not evaluate: a formula prefix is quoted."""
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) else text
