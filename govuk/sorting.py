"""Folding of names, so that lists are sorted, searched and compared as people read them.

The rule is the one by which the integration service finds and sorts people (openapi.yaml, *getCases*): without case,
accents and apostrophes.
"""

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘ʼ`´′]")
# Letters that do not decompose into a letter and its accent.
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe", "þ": "th"})
_WORD = re.compile(r"[^\W_]+")

SortKey = tuple[tuple[list[str], ...], tuple[str, ...]]


def fold(text: str) -> str:
    """Return text in lower case without accents and apostrophes: *O’Invent* becomes *oinvent*."""
    plain = _APOSTROPHES.sub("", text)
    if plain.isascii():
        return plain.lower()
    apart = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def folded_words(text: str) -> list[str]:
    """Return the folded words of a text, in order: its letters and digits alone."""
    return _WORD.findall(fold(text))


def sort_key(*texts: str) -> SortKey:
    """Return the key to sort by texts, compared one after the other: *Åberg* beside *Aberg*, word by word.

    Texts that read the same are in the order of their characters.
    """
    return tuple(folded_words(text) for text in texts), texts
