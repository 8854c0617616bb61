"""Abbreviations of the field, and what they stand for: a page that has one is found by the other."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from govuk.sorting import folded_words

ABBREVIATIONS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_FOLDED = tuple((" ".join(folded_words(short)), " ".join(folded_words(full))) for short, full in ABBREVIATIONS.items())


def other_forms(text: str) -> Iterator[str]:
    """Yield the words of abbreviations in a text, and the abbreviations of its words, in lower case."""
    words = f" {' '.join(folded_words(text))} "
    for short, full in _FOLDED:
        # Either may be in the plural.
        if f" {full} " in words or f" {full}s " in words:
            yield short
        if f" {short} " in words or f" {short}s " in words:
            yield full
