"""Tokenising, stop words and fuzzy matching."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from govuk.sorting import folded_words

MAX_CHARACTERS = 300
MAX_WORDS = 12
MAX_LETTERS = 50
MIN_LETTERS = 3
CLOSE_ENOUGH = 0.75

# PostgreSQL's English stop words. SQLite's index has no stop words.
_STOP_WORDS = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers "
    "herself it its itself they them their theirs themselves what which who whom this that these those am is are "
    "was were be been being have has had having do does did doing a an the and but if or because as until while "
    "of at by for with about against between into through during before after above below to from up down in out "
    "on off over under again further then once here there when where why how all any both each few more most "
    "other some such no nor not only own same so than too very s t can will just don should now "
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

_WORD = re.compile(r"[^\W_]+")
_WORD_WITH_APOSTROPHES = re.compile(r"[^\W_]+(?:['’‘ʼ`´′][^\W_]+)*")


def tokenise(text: str) -> list[str]:
    """Return the distinct words of a text in lower case: as they are written, then as people may type them.

    The rule is that of people's names (govuk/sorting.py): without accents and apostrophes.
    """
    return list(dict.fromkeys([*_WORD.findall(_composed(text)), *folded_words(text)]))


def typed_otherwise(text: str) -> list[str]:
    """Return the words of a text that have accents or apostrophes, without them."""
    as_written = set(_WORD.findall(_composed(text)))
    return [word for word in folded_words(text) if word not in as_written]


def query_terms(text: str) -> list[list[str]]:
    """Return the first MAX_WORDS words of a search, without stop words. Each is a group: folded, and as it was typed.

    They consist of letters and digits, so none is an operator of a search engine; *women’s* is *womens* or *women s*.
    """
    groups: dict[str, list[str]] = {}
    for typed in _WORD_WITH_APOSTROPHES.findall(_composed(text[:MAX_CHARACTERS])):
        parts = _WORD.findall(typed)
        forms = [" ".join(folded_words(typed))[:MAX_LETTERS].strip(), " ".join(parts)[:MAX_LETTERS].strip()]
        if not all(part in STOP_WORDS for part in parts):
            groups.setdefault(forms[0], list(dict.fromkeys(filter(None, forms))))
    return list(groups.values())[:MAX_WORDS]


def fuzzy_matches(word: str, vocabulary: Collection[str]) -> list[str]:
    """Return the words of a vocabulary that are similar to a word, or start with it.

    None for a word that is in the vocabulary, a number, or one too short to guess.
    """
    if word in vocabulary or word.isdigit() or len(word) < MIN_LETTERS:
        return []
    longer = sorted(each for each in vocabulary if each.startswith(word))[:3]
    return list(dict.fromkeys([*get_close_matches(word, vocabulary, n=3, cutoff=CLOSE_ENOUGH), *longer]))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()
