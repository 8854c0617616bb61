"""Reading age of prose by the Automated Readability Index.

The index counts letters rather than syllables, so it needs no dictionary and is deterministic. Why no
library is used: docs/decisions/0001-libraries.md.
"""

import re
from math import ceil

from guidance.models import Page
from guidance.text.markdown import LimitExceeded, plain_text

MAX_READING_AGE = 14
MIN_WORDS = 30
MIN_WORDS_IN_SENTENCE = 3
YOUNGEST_AGE = 5

_BLOCK_ENDS = re.compile(r"\n\s*\n|\n(?=[ \t]*(?:[-*+>]|\d+[.)]|#{3,})[ \t])")
_SENTENCE_ENDS = re.compile(r"(?<=[.?!])[”’\"')]*\s+")
_WORD = re.compile(r"\w+(?:[’'./-]\w+)*")


def reading_age(page: Page) -> int | None:
    """Return the reading age in years of a page's summary and sections.

    None for a page with fewer than 30 words, which is too short to tell.
    """
    return reading_age_of([page.summary, *(getattr(page, section.field) for section in page.sections)])


def reading_age_of(prose: list[str]) -> int | None:
    """Return the reading age in years of Markdown texts, as `reading_age` does."""
    sentences = [words for piece in prose for words in _sentences(piece)]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < MIN_WORDS:
        return None
    letters = sum(character.isalnum() for word in words for character in word)
    index = 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
    return max(ceil(index), 0) + YOUNGEST_AGE


def _sentences(prose: str) -> list[list[str]]:
    """Return the words of each sentence. Paragraphs, headings and list items end a sentence.

    Sentences with fewer than MIN_WORDS_IN_SENTENCE words are left out.
    """
    blocks = (_plain(block) for block in _BLOCK_ENDS.split(prose))
    sentences = (_WORD.findall(sentence) for block in blocks for sentence in _SENTENCE_ENDS.split(block))
    return [words for words in sentences if len(words) >= MIN_WORDS_IN_SENTENCE]


def _plain(block: str) -> str:
    try:
        return plain_text(block)
    # Prose over the limits, from before there were limits.
    except LimitExceeded:
        return " ".join(block.split())
