"""The words of a text and of a search."""

import re
from collections.abc import Collection
from difflib import get_close_matches

MOST_CHARACTERS = 300
MOST_WORDS = 12
MOST_LETTERS = 50
FEWEST_LETTERS = 3
CLOSE_ENOUGH = 0.75

# Those that PostgreSQL leaves out of its English index. The index of SQLite has them.
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


def words_in(text: str) -> list[str]:
    """Return the words of a text in small letters, each once, in order."""
    return list(dict.fromkeys(_WORD.findall(text.lower())))


def words_to_find(text: str) -> list[str]:
    """Return the words of a search that say something: the first dozen, in small letters.

    There are only letters and digits in them, so nothing that a search engine could take for an operator.
    """
    words = [word[:MOST_LETTERS] for word in words_in(text[:MOST_CHARACTERS]) if word not in STOP_WORDS]
    return words[:MOST_WORDS]


def close_words(word: str, vocabulary: Collection[str]) -> list[str]:
    """Return the words of a vocabulary that somebody may have meant: those like a word, and those that begin with it.

    None for a word that is in the vocabulary, a number, or one too short to guess.
    """
    if word in vocabulary or word.isdigit() or len(word) < FEWEST_LETTERS:
        return []
    longer = sorted(each for each in vocabulary if each.startswith(word))[:3]
    return list(dict.fromkeys([*get_close_matches(word, vocabulary, n=3, cutoff=CLOSE_ENOUGH), *longer]))
