"""What people paste from other programs arrives as they meant it."""

import re
import unicodedata

import pytest
from django import forms
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from govuk.crns import crn_in
from govuk.forms import CleansText
from govuk.text_cleaning import clean_line, clean_text

OUR_ROOMS = ("appointments", "audit", "booking", "cases", "delius", "govuk", "guidance", "rarbooking", "toolkits")
ENDS_OF_LINES = ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"]
SPACES = [" ", "\xa0", "\u2003", "\u2009", "\u202f", "\u3000"]
UNSEEN = ["\u200b", "\u200c", "\u200d", "\ufeff", "\xad", "\u202e", "\u2066", "\u2060", "\x00", "\x7f", "\ufe0f"]
WORDS = st.text("abcXYZ019éÅ’.,-", min_size=1, max_size=8)


@pytest.mark.parametrize("end", ENDS_OF_LINES)
def test_a_line_break_of_any_program_is_a_line_break(end: str) -> None:
    assert clean_text(f"Bring the workbook{end}and a pen") == "Bring the workbook\nand a pen"
    assert clean_line(f"Bring the workbook{end}and a pen") == "Bring the workbook and a pen"


@pytest.mark.parametrize("space", SPACES)
def test_a_space_of_any_kind_is_a_space(space: str) -> None:
    assert clean_text(f"9{space}am") == "9 am"


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_left_out(unseen: str) -> None:
    assert clean_text(f"x00{unseen}0001{unseen}") == "x000001"


@pytest.mark.parametrize(
    "text", ["👩🏽‍💻", "❤️", "👨‍👩‍👧", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "می‌خواهم", "क्‍ष", "tab\tkept", "½ × 2 – “quoted”", "Siân Åberg"]
)
def test_what_is_seen_stays_as_it_was_written(text: str) -> None:
    assert clean_text(text) == text


def test_a_letter_with_an_accent_is_one_letter_however_it_was_typed() -> None:
    assert clean_text("Sia\u0302n") == "Siân"


@given(st.lists(st.tuples(WORDS, st.sampled_from(ENDS_OF_LINES)), max_size=8), st.data())
def test_words_and_lines_arrive_whatever_came_along(lines: list[tuple[str, str]], data: st.DataObject) -> None:
    typed = ""
    for word, end in lines:
        for letter in word:
            typed += data.draw(st.sampled_from(["", "", *UNSEEN])) + letter
        typed += end
    meant = [word for word, _ in lines]
    assert clean_text(typed).split("\n")[:-1] == [unicodedata.normalize("NFC", word) for word in meant]
    assert clean_line(typed) == " ".join(meant)


@given(st.text())
def test_cleaning_again_changes_nothing(typed: str) -> None:
    assert clean_text(clean_text(typed)) == clean_text(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(st.text())
def test_no_control_character_and_no_space_but_a_plain_one_gets_in(typed: str) -> None:
    assert not re.search(r"[^\S \t\n]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", clean_text(typed))


def test_every_character_without_a_picture_goes_from_latin_text() -> None:
    # Of the characters for formatting, those that are seen: signs before numbers of Arabic, Syriac, Kaithi.
    seen = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
    hieroglyphs = {chr(code) for code in range(0x13430, 0x13440)}
    for code in range(0x110000):
        letter = chr(code)
        kind = unicodedata.category(letter)
        if kind in {"Cc", "Cf", "Cs"} and letter not in seen | hieroglyphs | {"\t"}:
            assert clean_text(f"a{letter}b") in {"ab", "a\nb"}, hex(code)
        elif kind in {"Zs", "Zl", "Zp"}:
            assert clean_text(f"a{letter}b") in {"a b", "a\nb"}, hex(code)


@pytest.mark.parametrize(
    "pasted",
    [
        "X000014",
        "x000014",
        "CRN X000014",
        "CRN: x000014",
        "crnX000014",
        "X 000014",
        "X\xa0000 014",
        "x000014\u200b",
        "\ufeffX000014\r\n",
        "(X000014)",
        "X-000014.",
        "Ｘ００００１４",
        "Omar Otherteam (X000014)",
        "X000014, Omar Otherteam, X000014",
    ],
)
def test_a_crn_is_read_however_it_is_pasted(pasted: str) -> None:
    assert crn_in(pasted) == "X000014"


@pytest.mark.parametrize("typed", ["", "Brian", "X00001", "X0000011", "000001", "X000001 X000002", "XX000001", "CRN"])
def test_what_is_not_one_crn_is_not_taken_for_one(typed: str) -> None:
    assert crn_in(typed) == ""


@given(st.from_regex(r"[A-Z][0-9]{6}", fullmatch=True), st.data())
def test_a_crn_is_read_with_anything_unseen_or_blank_in_it(crn: str, data: st.DataObject) -> None:
    between = st.lists(st.sampled_from([*UNSEEN, *SPACES, *ENDS_OF_LINES]), max_size=2).map("".join)
    pasted = "".join(data.draw(between) + letter for letter in data.draw(st.sampled_from(["", "CRN ", "crn:"])) + crn)
    assert crn_in(data.draw(st.sampled_from([pasted, pasted.lower()])) + data.draw(between)) == crn


def test_every_form_of_ours_cleans_what_comes_in() -> None:
    assert get_resolver().url_patterns
    ours = [each for each in _below(forms.BaseForm) if each.__module__.split(".")[0] in OUR_ROOMS]
    assert len(ours) > 30
    assert [each.__qualname__ for each in ours if not issubclass(each, CleansText)] == []


def _below(kind: type) -> list[type]:
    return [found for each in kind.__subclasses__() for found in (each, *_below(each))]
