"""Reading a CRN as people type and paste it."""

import re
import unicodedata

from govuk.text_cleaning import clean_line

_ALONE = re.compile(r"(?:CRN)?([A-Z][0-9]{6})")
_AMONG_WORDS = re.compile(r"\b[A-Z][0-9]{6}\b")
_BETWEEN = re.compile(r"[\W_]+")


def crn_in(typed: str) -> str:
    """Return the CRN of a text in capitals; empty for a text without one, or with several.

    It is found in any case, with spaces or marks in it, after the letters CRN, and beside a name: `x000001`,
    `CRN X000001`, `X 000014`, `Brian Example (X000001)`.
    """
    text = unicodedata.normalize("NFKC", clean_line(typed)).upper()
    if alone := _ALONE.fullmatch(_BETWEEN.sub("", text)):
        return alone[1]
    found = set(_AMONG_WORDS.findall(text))
    return found.pop() if len(found) == 1 else ""
