"""Telling apart choices that would read the same."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from govuk.sorting import folded_words
from govuk.text_cleaning import clean_line

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Described:
    """What a choice is called, and what tells it from another of that name: the best first, empty for not known."""

    name: str
    details: Sequence[str] = ()


def distinct_names(choices: Mapping[Key, Described], *, noun: str) -> dict[Key, str]:
    """Return a name for each choice; no two read the same, which is without case, accents and punctuation.

    To each of those that are alike is added the first detail that tells them all apart, or else as many details as it
    takes. Where they do not tell one from the others its place among them is added, such as *office 2 of 3*, `noun`
    being *office*. Other names stay as they are. The same choices in the same order get the same names, so that all
    pages say the same.
    """
    names = {key: choice.name for key, choice in choices.items()}
    for alike in _alike(names):
        added = _added([choices[key].details for key in alike], noun=noun)
        names |= {key: f"{names[key]}, {text}" for key, text in zip(alike, added, strict=True)}
    # What was added may have made a name that another choice has.
    while alike_still := _alike(names):
        for alike in alike_still:
            names |= {key: f"{names[key]}, {place}" for key, place in zip(alike, _places(alike, noun), strict=True)}
    return names


def _alike(names: Mapping[Key, str]) -> list[list[Key]]:
    """Return the keys of names that read the same, by name."""
    groups: dict[tuple[str, ...], list[Key]] = defaultdict(list)
    for key, name in names.items():
        groups[_as_read(name)].append(key)
    return [keys for keys in groups.values() if len(keys) > 1]


def _as_read(text: str) -> tuple[str, ...]:
    return tuple(folded_words(text)) or (clean_line(text),)


def _added(details: Sequence[Sequence[str]], *, noun: str) -> list[str]:
    """Return what to add to each of several choices of one name, given the details of each."""
    columns = list(zip_longest(*details, fillvalue=""))
    for column in columns:
        if all(column) and len({_as_read(detail) for detail in column}) == len(details):
            return list(column)
    added = [""] * len(details)
    for column in columns:
        longer = [", ".join(filter(None, pair)) for pair in zip(added, column, strict=True)]
        if len({_as_read(text) for text in longer}) > len({_as_read(text) for text in added}):
            added = longer
    unclear = {position for alike in _alike(dict(enumerate(added))) for position in alike}
    return [
        ", ".join(filter(None, (text, place))) if position in unclear or not text else text
        for position, (text, place) in enumerate(zip(added, _places(details, noun), strict=True))
    ]


def _places(of: Sequence[object], noun: str) -> list[str]:
    return [f"{noun} {number} of {len(of)}" for number in range(1, len(of) + 1)]
