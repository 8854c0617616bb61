"""Searching what people read."""

from dataclasses import dataclass

from guidance.search.engines import engine
from guidance.search.extracts import Piece, extract
from guidance.search.words import MOST_CHARACTERS, close_words, words_to_find
from guidance.text.cleaning import tidy_line


@dataclass(frozen=True, slots=True)
class Found:
    """A page that was found. `extract` is in pieces: the text of each, and whether it is what was searched for."""

    kind: str
    slug: str
    title: str
    summary: str
    extract: tuple[Piece, ...]
    code: str


def search(words: str, *, limit: int = 20) -> list[Found]:
    """Return the published pages that have every word, best first; or else those that come near, best first.

    The flag whose code is among the words comes first, then pages with the words in the title. Where no page has every
    word, words that no page has are taken for what they may have been meant to be, and pages with some of the words are
    found too. Whatever is asked, it takes three queries at most and never fails.
    """
    wanted = words_to_find(words)
    if not wanted or limit < 1:
        return []
    ask, asked = engine(), tidy_line(words[:MOST_CHARACTERS]).lower()
    rows = ask.find([[word] for word in wanted], asked=asked, every=True, limit=limit)
    if not rows:
        vocabulary = ask.near(wanted)
        groups = [[word, *close_words(word, vocabulary)] for word in wanted]
        if len(groups) > 1 or len(groups[0]) > 1:
            rows = ask.find(groups, asked=asked, every=False, limit=limit)
    return [
        Found(row.kind, row.slug, row.title, row.summary, extract=extract(row.marked), code=row.code) for row in rows
    ]
