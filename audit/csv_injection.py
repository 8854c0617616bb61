"""CSV that a spreadsheet takes for nothing but text."""

from collections.abc import Iterable
from typing import Any, Protocol

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Writer(Protocol):
    """A writer of the csv module."""

    def writerow(self, row: Iterable[Any], /) -> Any: ...


def write_row(writer: Writer, cells: Iterable[object]) -> None:
    """Write a row of which no cell is a formula, whoever typed it. Numbers stay numbers."""
    writer.writerow([no_formula(cell) if isinstance(cell, str) else cell for cell in cells])


def no_formula(text: str) -> str:
    """Return a text that a spreadsheet takes for nothing but text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
