"""Abbreviations of the field, and what they stand for: a page that has one is found by the other."""

from collections.abc import Iterator

from govuk.sorting import folded_words

ABBREVIATIONS = {
    "ACP": "accredited programme",
    "CSE": "child sexual exploitation",
    "IOM": "integrated offender management",
    "IPP": "imprisonment for public protection",
    "LAO": "limited access",
    "MAPPA": "multi-agency public protection arrangements",
    "MARAC": "multi-agency risk assessment conference",
    "MDO": "mentally disordered offender",
    "NSI": "non-statutory intervention",
    "PPO": "prolific and other priority offender",
    "RAR": "rehabilitation activity requirement",
    "RoH": "risk of harm",
    "SFO": "serious further offence",
    "UPW": "unpaid work",
    "VLO": "victim liaison officer",
}
_FOLDED = tuple((" ".join(folded_words(short)), " ".join(folded_words(full))) for short, full in ABBREVIATIONS.items())


def other_forms(text: str) -> Iterator[str]:
    """Yield the words of abbreviations in a text, and the abbreviations of its words, in lower case."""
    words = f" {' '.join(folded_words(text))} "
    for short, full in _FOLDED:
        # The words may be in the plural.
        if f" {full} " in words or f" {full}s " in words:
            yield short
        if f" {short} " in words or f" {short}s " in words:
            yield full
