"""Search of published guidance."""

from dataclasses import dataclass

from guidance.search.engines import engine
from guidance.search.snippets import Piece, snippet
from guidance.search.terms import MAX_CHARACTERS, fuzzy_matches, query_terms
from guidance.text.cleaning import clean_line


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page that matches. `snippet` is in pieces: the text of each, and whether it is a match."""

    kind: str
    slug: str
    title: str
    summary: str
    snippet: tuple[Piece, ...]
    code: str


def search_guidance(words: str, *, limit: int = 20) -> list[SearchResult]:
    """Return the published pages that have every word, or else the pages with some or similar words, best first.

    A flag whose code is among the words comes first, then pages with the words in the title. Where no page has every
    word, fuzzy matches of unknown words, and pages with some of the words, are included. At most three database
    queries; never raises.
    """
    wanted = query_terms(words)
    if not wanted or limit < 1:
        return []
    database, asked = engine(), clean_line(words[:MAX_CHARACTERS]).lower()
    rows = database.find(wanted, asked=asked, every=True, limit=limit)
    if not rows:
        vocabulary = database.similar_words([group[0] for group in wanted])
        groups = [[*group, *fuzzy_matches(group[0], vocabulary)] for group in wanted]
        if len(groups) > 1 or len(groups[0]) > len(wanted[0]):
            rows = database.find(groups, asked=asked, every=False, limit=limit)
    return [
        SearchResult(row.kind, row.slug, row.title, row.summary, snippet=snippet(row.marked), code=row.code)
        for row in rows
    ]
