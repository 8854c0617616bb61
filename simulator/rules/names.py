"""Finding and sorting people by name, whatever the accents, the apostrophes, the case and the order."""

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = re.compile("['’‘ʼ`´′]")
WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a letter and an accent.
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe", "þ": "th"})


@lru_cache(100_000)
def folded(text: str) -> str:
    """Return a text without accents, apostrophes and capitals."""
    plain = APOSTROPHES.sub("", text)
    apart = unicodedata.normalize("NFKD", plain).casefold().translate(LETTERS)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(*names: str | None) -> list[str]:
    """Return the folded words of names."""
    return [word for text in names if text for word in WORD.findall(folded(text))]


def found_by(search: str, *names: str | None) -> bool:
    """Return whether each word searched for begins a word of the names."""
    wanted, there = words(search), words(*names)
    return bool(wanted) and all(any(word.startswith(part) for word in there) for part in wanted)


def is_crn(search: str, crn: str) -> bool:
    """Return whether the text searched for is a CRN, whatever its case and spaces."""
    return "".join(search.split()).upper() == crn


def sort_key(surname: str, forename: str | None) -> tuple[list[str], list[str], str, str]:
    """Return what people expect names to be sorted by: the surname, then the forename."""
    return words(surname), words(forename), surname, forename or ""
