"""Markdown is shown as its writer meant it: put right where that is certain, and told where it is not."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance.services.import_export import CONTENT, FOLDERS
from guidance.services.page_files import from_file
from guidance.text.cleaning import clean_lines, clean_text
from guidance.text.markdown import LimitExceeded, render
from guidance.text.markdown_lint import repair, warnings

_WORDS = re.compile(r"\w+")
LIST = '<ul class="govuk-list govuk-list--bullet">\n<li>One</li>\n<li>Two</li>\n</ul>'
NUMBERS = '<ol class="govuk-list govuk-list--number">\n<li>One</li>\n<li>Two</li>\n</ol>'
TEXT = '<p class="govuk-body">Text:</p>\n'
LINES = ["Text", "* One", "- One", "•\tOne", "  * One", "o\tOne", "1. One", "1) One", "2) One", "2. One", "| A | B |"]
LINES += [
    "|---|---|",
    "| 1 | 2 |",
    "",
    "### Heading",
    "> Quote",
    "> * One",
    "---",
    "[a](www.gov.uk)",
    "(a)[https://a.b]",
]
LINES += [
    "[a] (https://a.b)",
    "[a](b@c.uk)",
    "    * One",
    "\u00a0\u00a0\u00a0\u00a0One",
    "**a **",
    "a) One",
    "·\u00a0One",
]


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Text:\n* One\n* Two", TEXT + LIST),
        ("Text:\n1. One\n2. Two", TEXT + NUMBERS),
        ("•\tOne\n•\tTwo", LIST),
        ("Text:\n•\tOne\n•\tTwo", TEXT + LIST),
        ("·\u00a0\u00a0One\n·\u00a0\u00a0Two", LIST),
        ("\uf0b7\tOne\n\uf0b7\tTwo", LIST),
        ("–\tOne\n–\tTwo", LIST),
        ("•One\n•Two", LIST),
        ("1)\tOne\n2)\tTwo", NUMBERS),
        ("1.\u00a0One\n2.\u00a0Two", NUMBERS),
        ("1. One\n2. Two\n* One\n* Two", f"{NUMBERS}\n{LIST}"),
    ],
)
def test_a_list_is_a_list_however_it_was_typed_or_pasted(typed: str, html: str) -> None:
    assert render(repair(typed)) == html


@pytest.mark.parametrize("typed", ["* One\n  * Two", "•\tOne\no\tTwo", "* One\n    * Two", "- One\n\t- Two"])
def test_a_list_in_a_list_is_one(typed: str) -> None:
    assert render(repair(typed)).count("<ul") == 2


def test_a_numbered_list_goes_on_after_a_paragraph() -> None:
    assert '<ol class="govuk-list govuk-list--number" start="2">' in render(repair("1. One\n\nText\n\n2. Two"))


def test_a_table_directly_below_text_is_a_table() -> None:
    assert "<table" in render(repair("Text:\n| A | B |\n|---|---|\n| 1 | 2 |"))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("[Text](www.gov.uk/y)", "https://www.gov.uk/y"),
        ("[Text](gov.uk/y)", "https://gov.uk/y"),
        ("[Text](equip-portal.service.justice.gov.uk)", "https://equip-portal.service.justice.gov.uk"),
        ("[Text](toolkits@justice.gov.uk)", "mailto:toolkits@justice.gov.uk"),
        ("[Text] (https://www.gov.uk/y)", "https://www.gov.uk/y"),
        ("(Text)[https://www.gov.uk/y]", "https://www.gov.uk/y"),
    ],
)
def test_a_link_leads_where_it_was_certainly_meant_to(typed: str, address: str) -> None:
    assert f'<a class="govuk-link" href="{address}" rel="noopener noreferrer">Text</a>' in render(repair(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "Text of 5 * 3 - 2\nand 2010. more",
        "In\n2. May they met",
        "[Text](form.docx)",
        "[Text](javascript:alert(1))",
        "See (this) [that]",
        "* One\n\n    Text in it\n\n* Two",
        "* * *",
    ],
)
def test_what_is_not_certain_stays_as_it_was_typed(typed: str) -> None:
    assert repair(typed) == typed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("In\n2. May they met", "“2. May they met” is not shown as a list"),
        ("– One\n– Two", "“– One” is not shown as a list"),
        ("a) One\nb) Two", "“a) One” is not shown as a list"),
        ("> Text:\n> * One", "“* One” is not shown as a list"),
        ("* One\nThe end", "“The end” is shown as part of the list above it"),
        ("Text\n---", "“Text” is shown as a heading because of the line below it"),
        ("Name\tAge\nSam\t30", "“Name Age” is not shown as a table"),
        ("| A | B |\n| 1 | 2 |", "“| A | B |” is not shown as a table"),
        ("Very ** important**", "“** important**” is shown with its asterisks"),
        ("[Text](https://a.b", "“[Text](https://a.b” is not shown as a link"),
        ("Some <b>bold</b>", "“<b>” is shown as it is typed: HTML has no effect"),
        ("See https://a.b/c.", "“https://a.b/c” is not a link"),
        ("See www.gov.uk", "“www.gov.uk” is not a link"),
        ("x" * 50 + " <b>", "“<b>” is shown as it is typed"),
    ],
)
def test_what_may_not_be_shown_as_it_was_meant_is_told(typed: str, told: str) -> None:
    (warning,) = warnings(repair(typed))
    assert warning.startswith(told)


@pytest.mark.parametrize(
    "typed",
    [
        "* A long item that\nwas wrapped by hand",
        "[https://a.b](https://a.b) and <https://a.b>",
        "**Bold**, *emphasis* and [a link](/guidance/)",
        "5 * 3 and a - b",
        "| A | B |\n|---|---|\n| 1 | 2 |",
        "### Heading\n* One\n* Two\n\nText",
    ],
)
def test_what_is_shown_as_it_was_meant_is_not_mentioned(typed: str) -> None:
    assert warnings(repair(typed)) == []


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/*.md")), ids=lambda path: path.stem)
def test_nothing_of_the_starting_set_is_mentioned_or_changed(path: Path) -> None:
    page = from_file(path.read_text(encoding="utf-8"), FOLDERS[path.parent.name])
    prose = [getattr(page, section.field) for section in page.sections]
    assert [repair(text) for text in prose] == prose
    assert [warnings(text) for text in prose if text] == [[] for text in prose if text]


def test_bullets_are_taken_from_terms_that_were_pasted() -> None:
    assert clean_lines(["•\tAlcohol", "- Drugs", "· • Self-control", "–\tAnger", "-ve"]) == [
        "Alcohol",
        "Drugs",
        "Self-control",
        "Anger",
        "-ve",
    ]


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=8)), max_size=12).map("\n".join))
def test_repairing_twice_changes_nothing_more_and_no_word_is_lost(typed: str) -> None:
    text = clean_text(typed)
    once = repair(text)
    assert repair(once) == once
    assert set(_WORDS.findall(text)) - {"o"} <= set(_WORDS.findall(once))
    try:
        warnings(once)
    except LimitExceeded:
        return
