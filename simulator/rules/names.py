"""Name search and sorting, ignoring accents, apostrophes, case and order."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = re.compile("['’‘ʼ`´′]")
WORD = re.compile(r"[^\W_]+")
# Letters that NFKD does not decompose.
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe", "þ": "th"})


@lru_cache(100_000)
def fold(text: str) -> str:
    """Return text case-folded, without accents and apostrophes."""
    plain = APOSTROPHES.sub("", text)
    apart = unicodedata.normalize("NFKD", plain).casefold().translate(LETTERS)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(*names: str | None) -> list[str]:
    """Return the folded words of names."""
    return [word for text in names if text for word in WORD.findall(fold(text))]


def matches(search: str, *names: str | None) -> bool:
    """Return whether each word of a search is a prefix of a word of the names."""
    wanted, there = words(search), words(*names)
    return bool(wanted) and all(any(word.startswith(part) for word in there) for part in wanted)


def is_crn(search: str, crn: str) -> bool:
    """Return whether a search is the CRN, ignoring case and spaces."""
    return "".join(search.split()).upper() == crn


def sort_key(surname: str, forename: str | None) -> tuple[list[str], list[str], str, str]:
    """Return the sort key of a name: the surname, then the forename."""
    return words(surname), words(forename), surname, forename or ""
