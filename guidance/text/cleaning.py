"""What is done to text before a page is saved, so that it can be kept in a file and come back the same.

People paste from Word, PDF files and web pages. What they paste is put right here rather than refused, because nobody
could see what they would have to mend:

- ends of lines are a line feed, whichever kind they were (carriage return, form feed, U+0085, U+2028, U+2029);
- characters that nobody can see and files or databases do not hold are left out: NUL and other control characters,
  halves of surrogate pairs, byte order marks;
- spaces at the end of a line, and empty lines at the beginning and at the end of a text, are left out;
- a text of one line has no ends of lines, and one ordinary space between words.

It happens in `Page.tidy`, which runs before a page is validated and again before it is saved.
"""

import re
from typing import Any

_ENDS_OF_LINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def tidy_text(text: str) -> str:
    """Return a text of several lines as it is saved."""
    lines = _UNSEEN.sub("", _ENDS_OF_LINES.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def tidy_line(text: str) -> str:
    """Return a text of one line as it is saved."""
    return " ".join(_UNSEEN.sub("", _ENDS_OF_LINES.sub("\n", text)).split())


def tidy_lines(values: Any) -> Any:
    """Return a list of one-line texts as it is saved: without empty ones. What is something else stays as it is."""
    if values is None or values == "":
        return []
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        return values
    return [line for line in map(tidy_line, values) if line]
