"""Lists are sorted and searched as people expect."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govuk.sorting import fold, sort_key

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Siân", "sian"),
        ("Sia\u0302n", "sian"),
        ("O’Invent", "oinvent"),
        ("O'INVENT", "oinvent"),
        ("Åberg", "aberg"),
        ("Łódź", "lodz"),
        ("Weiß", "weiss"),
    ],
)
def test_a_name_is_compared_without_accents_apostrophes_and_case(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def test_a_name_with_an_accent_stands_beside_the_one_without() -> None:
    names = ["Unit", "Åberg", "Zebra", "abbey", "Aberg", "Öst", "Ost End", "O’Hara", "Ohara"]
    in_order = ["abbey", "Aberg", "Åberg", "Ohara", "O’Hara", "Öst", "Ost End", "Unit", "Zebra"]
    assert sorted(names, key=sort_key) == in_order


@given(st.text(LETTERS, min_size=1), st.text(LETTERS, min_size=1), st.data())
def test_accents_never_change_where_a_name_stands(one: str, other: str, data: st.DataObject) -> None:
    accents = st.text(ACCENTS, max_size=1)
    accented = unicodedata.normalize("NFC", "".join(letter + data.draw(accents) for letter in one))
    assert fold(accented) == fold(one)
    if fold(one) != fold(other):
        assert (sort_key(accented) < sort_key(other)) == (sort_key(one) < sort_key(other))
