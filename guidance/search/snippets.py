"""Search result snippets with highlighted matches."""

import re

from guidance.search.engines import START, STOP

SNIPPET_WORDS = 30
WORDS_BEFORE = 8
MAX_MATCHES = 50

Piece = tuple[str, bool]

_MARKED = re.compile(f"{START}([^{START}{STOP}]*){STOP}")


def snippet(marked: str) -> tuple[Piece, ...]:
    """Return the 30 words with the most matches, from the start of a sentence where possible.

    In pieces: the text of each, and whether it is a match. An … shows where the prose is truncated.
    """
    words = marked.split()
    start = _best_start(words)
    text = " ".join(words[start : start + SNIPPET_WORDS])
    text = ("… " if start else "") + text + (" …" if start + SNIPPET_WORDS < len(words) else "")
    # Every second piece is what was between two marks.
    pieces = [
        (piece.replace(START, "").replace(STOP, ""), bool(at % 2)) for at, piece in enumerate(_MARKED.split(text))
    ]
    return tuple((piece, is_match) for piece, is_match in pieces if piece)


def _best_start(words: list[str]) -> int:
    matches = [place for place, word in enumerate(words) if START in word][:MAX_MATCHES]
    sentences = [place for place in range(len(words)) if place == 0 or words[place - 1].endswith((".", "?"))]
    starts = sentences + [max(0, place - WORDS_BEFORE) for place in matches]
    # The most matches; of those a sentence's start; of those the first.
    return max(
        starts,
        key=lambda start: (
            sum(start <= place < start + SNIPPET_WORDS for place in matches),
            start in sentences,
            -start,
        ),
        default=0,
    )
