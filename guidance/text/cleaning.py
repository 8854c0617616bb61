"""Cleaning of a page's text before it is saved, so that a page round-trips through its file.

The rule for all text that comes in (govuk/text_cleaning.py), and of pages also: trailing spaces, and leading and
trailing empty lines, are removed; so are the bullets of a list of single lines.

`Page.clean_content` runs before a page is validated and again before it is saved.
"""

from typing import Any

from govuk import text_cleaning
from govuk.text_cleaning import clean_line
from guidance.text.markdown_lint import without_bullet

__all__ = ["clean_line", "clean_lines", "clean_text"]


def clean_text(text: str) -> str:
    """Return a cleaned multiline text."""
    return "\n".join(line.rstrip() for line in text_cleaning.clean_text(text).split("\n")).strip("\n")


def clean_lines(values: Any) -> Any:
    """Return a list of cleaned single-line texts without empty ones. Other values are returned unchanged."""
    if values is None or values == "":
        return []
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        return values
    return [line for line in (without_bullet(clean_line(value)) for value in values) if line]
