"""Text cleaning before a page is saved, so that a page round-trips through its file.

Authors paste from Word, PDF files and web pages. Invisible characters are cleaned rather than refused, because the
author could not see what to correct:

- line ends are normalised to line feeds (carriage return, form feed, U+0085, U+2028, U+2029);
- NUL and other control characters, unpaired surrogates and byte order marks are removed;
- trailing spaces, and leading and trailing empty lines, are removed;
- whitespace in a single-line text is collapsed.

`Page.clean_content` runs before a page is validated and again before it is saved.
"""

import re
from typing import Any

_ENDS_OF_LINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean_text(text: str) -> str:
    """Return a cleaned multiline text."""
    lines = _INVISIBLE.sub("", _ENDS_OF_LINES.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def clean_line(text: str) -> str:
    """Return a cleaned single-line text."""
    return " ".join(_INVISIBLE.sub("", _ENDS_OF_LINES.sub("\n", text)).split())


def clean_lines(values: Any) -> Any:
    """Return a list of cleaned single-line texts without empty ones. Other values are returned unchanged."""
    if values is None or values == "":
        return []
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        return values
    return [line for line in map(clean_line, values) if line]
