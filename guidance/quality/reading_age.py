"""How old a reader has to be to follow some prose, as far as the length of its words and sentences can tell.

The measure is the Automated Readability Index. It counts letters rather than syllables, so it needs no dictionary and
gives the same text the same age everywhere. docs/decisions/0001-libraries.md says why no library does this.
"""

import re
from math import ceil

from guidance.models import Page
from guidance.text.markdown import TooMuch, plain_text

HARDEST_AGE = 14
FEWEST_WORDS = 30
FEWEST_WORDS_IN_SENTENCE = 3
YOUNGEST_AGE = 5

_BLOCK_ENDS = re.compile(r"\n\s*\n|\n(?=[ \t]*(?:[-*+>]|\d+[.)]|#{3,})[ \t])")
_SENTENCE_ENDS = re.compile(r"(?<=[.?!])[”’\"')]*\s+")
_WORD = re.compile(r"\w+(?:[’'./-]\w+)*")


def reading_age(page: Page) -> int | None:
    """Return the age in years from which people can follow a page's summary and sections.

    None for a page with fewer than 30 words, of which nothing can be said.
    """
    return reading_age_of([page.summary, *(getattr(page, section.field) for section in page.sections)])


def reading_age_of(prose: list[str]) -> int | None:
    """Return the age in years from which people can follow some pieces of Markdown. As `reading_age`."""
    sentences = [words for piece in prose for words in _sentences(piece)]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(character.isalnum() for word in words for character in word)
    index = 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
    return max(ceil(index), 0) + YOUNGEST_AGE


def _sentences(prose: str) -> list[list[str]]:
    """Return the words of each sentence. Paragraphs, headings and the items of a list end one.

    What is too short to be a sentence is left out.
    """
    blocks = (_plain(block) for block in _BLOCK_ENDS.split(prose))
    sentences = (_WORD.findall(sentence) for block in blocks for sentence in _SENTENCE_ENDS.split(block))
    return [words for words in sentences if len(words) >= FEWEST_WORDS_IN_SENTENCE]


def _plain(block: str) -> str:
    try:
        return plain_text(block)
    # Prose that cannot be shown, from before there were limits, still has words.
    except TooMuch:
        return " ".join(block.split())
