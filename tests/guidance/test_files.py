"""A page comes back from its file as it was, whatever is in it."""

import contextlib
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidance.models import FlagCategory, Page, RiskFlagGuidance, ToolkitGuidance
from guidance.services.import_export import CONTENT, FOLDERS
from guidance.services.page_files import InvalidPageFile, from_file, to_file

FILES = [(path, kind) for name, kind in FOLDERS.items() for path in sorted((CONTENT / name).glob("*.md"))]

YAML = ["yes", "no", "null", "~", "1.0", "1_000", "0x1F", "1e3", "2026-03-27", "12:30", "=", "<<", "---", "- a", "# a"]
YAML += ["a: b", "a #b", "'", '"', "\\", "{}", "[]", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "?", "a---"]
PASTED = ["a\r\nb", "a\x00b", "a\x85b", "a\u2028b", "a\u2029b", "a\ud800b", "\ufeffa", "\u200b", "e\u0301"]
AWKWARD = [*YAML, *PASTED, "\U0001f642", "\U0010ffff"]
PROSE = [*AWKWARD, "a\n---\nb", "---\n", "a  \n\n\n b \n\n", "### a\n\n- b", "##a", "a\rb", "\tb", "a\n\x0c## b"]

any_text = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=40)
lines = st.one_of(st.sampled_from(AWKWARD), any_text)
prose = st.one_of(
    st.sampled_from(PROSE), any_text, st.lists(st.sampled_from([*PROSE, "\n", "- a", " "]), max_size=6).map("\n".join)
)
slugs = st.one_of(
    st.sampled_from(["yes", "null", "1", "1_000", "-", "0x1F"]), st.from_regex(r"\A[-a-zA-Z0-9_]{1,20}\Z")
)
numbers = st.one_of(st.none(), st.integers(1, 120))
days = st.one_of(st.none(), st.dates())
terms = st.one_of(st.lists(lines, max_size=4), st.sampled_from([None, "", []]))

common = {"title": lines, "slug": slugs, "summary": lines, "owner": lines, "review_by": days}
toolkit_pages = st.builds(
    ToolkitGuidance,
    **common,
    toolkit=st.one_of(st.just(""), slugs),
    **dict.fromkeys(["min_age", "max_age", "sessions_min", "sessions_max", "session_minutes"], numbers),
    **dict.fromkeys(["genders", "offence_types", "settings", "formats", "needs"], terms),
    flexible_length=st.booleans(),
    **{section.field: prose for section in ToolkitGuidance.sections},
)
flag_pages = st.builds(
    RiskFlagGuidance,
    **common,
    code=st.one_of(st.sampled_from(["0", "1E3", "NO", "Y", "NULL"]), st.from_regex(r"\A[A-Z0-9]{1,10}\Z")),
    category=st.sampled_from(FlagCategory.values),
    review_months=st.one_of(st.none(), st.integers(0, 120)),
    **{section.field: prose for section in RiskFlagGuidance.sections},
)


def validated(page: Page) -> None:
    page.full_clean(validate_unique=False, validate_constraints=False)


def a_file(kind: type[Page] = RiskFlagGuidance, **facts: str) -> str:
    """The file of a small page, with some of its facts written otherwise."""
    page: Any = kind(title="Weapons", slug="weapons")
    if kind is RiskFlagGuidance:
        page.code, page.category = "WEAP", "Alerts"
    text = to_file(page)
    for name, value in facts.items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"{name}:")]
        text = text.replace(f"{line}\n", f"{name}: {value}\n" if value else "")
    return text


@pytest.mark.parametrize(("path", "kind"), FILES, ids=lambda each: getattr(each, "stem", ""))
def test_each_file_of_the_starting_set_is_valid_and_comes_back_to_the_byte(path: Any, kind: type[Page]) -> None:
    page = from_file(path.read_bytes().decode(), kind)
    validated(page)
    assert to_file(page).encode() == path.read_bytes()
    assert path.stem == page.slug


@settings(max_examples=400, deadline=None)
@given(page=st.one_of(toolkit_pages, flag_pages))
def test_whatever_can_be_saved_comes_back_from_its_file(page: Page) -> None:
    try:
        validated(page)
    except ValidationError:
        assume(False)
    file = to_file(page).encode()
    again = from_file(file.decode(), type(page))
    validated(again)
    assert again.content() == page.content()
    assert to_file(again).encode() == file


@settings(max_examples=200, deadline=None)
@given(page=st.one_of(toolkit_pages, flag_pages))
def test_tidying_twice_changes_nothing_more(page: Page) -> None:
    page.clean_content()
    once = page.content()
    page.clean_content()
    assert page.content() == once


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(any_text, prose), name=st.sampled_from(["title", "review_by", "review_months", "category"]))
def test_a_file_is_read_or_refused_with_words_whatever_is_in_it(text: str, name: str) -> None:
    for file in (text, a_file(**{name: text or " "}), a_file() + text):
        with contextlib.suppress(InvalidPageFile):
            assert from_file(file, RiskFlagGuidance).content()


@pytest.mark.parametrize(
    ("pasted", "saved"),
    [
        ("One\r\nTwo\rThree", "One\nTwo\nThree"),
        ("One\u2028Two\u2029Three\x85Four", "One\nTwo\nThree\nFour"),
        ("\n \nOne  \n\nTwo\t\n\n", "One\n\nTwo"),
        ("O\x00ne\ufeff \ud800", "One"),
        ("- one\n    - two", "- one\n    - two"),
        ("One\n---\nTwo", "One\n---\nTwo"),
    ],
)
def test_pasted_prose_is_put_right_rather_than_refused(pasted: str, saved: str) -> None:
    page = RiskFlagGuidance(title="Weapons", slug="weapons", code="WEAP", category="Alerts", purpose=pasted)
    validated(page)
    assert page.purpose == saved


def test_a_pasted_title_is_one_line_with_single_spaces() -> None:
    page = RiskFlagGuidance(title=" Hate\u00a0 \r\ncrime\x00 ", slug="weapons", code="WEAP", category="Alerts")
    validated(page)
    assert page.title == "Hate crime"


@pytest.mark.django_db
def test_a_page_saved_without_being_validated_is_tidied_too() -> None:
    page = RiskFlagGuidance.objects.create(
        title="Weapons\n", slug="weapons", code="WEAP", category="Alerts", links="a\x00\r\n"
    )
    page.refresh_from_db()
    assert (page.title, page.links) == ("Weapons", "a")


def test_terms_are_tidied_and_empty_ones_left_out() -> None:
    page = ToolkitGuidance(title="Maps", slug="maps", needs=[" Alcohol  use\r", "", "\x00", "Drugs"])
    validated(page)
    assert page.needs == ["Alcohol use", "Drugs"]


def test_a_file_with_the_ends_of_lines_and_byte_order_mark_of_windows_is_read() -> None:
    assert from_file("\ufeff" + a_file().replace("\n", "\r\n"), RiskFlagGuidance).content() == (
        from_file(a_file(), RiskFlagGuidance).content()
    )


def test_a_day_is_written_without_quotes_and_read_with_or_without() -> None:
    file = a_file(review_by="2026-03-27")
    page = from_file(file, RiskFlagGuidance)
    assert page.review_by == date(2026, 3, 27)
    assert to_file(page) == file
    assert from_file(a_file(review_by="'2026-03-27'"), RiskFlagGuidance).review_by == date(2026, 3, 27)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"title": "yes"}, "Put quotes around title"),
        ({"title": "1.0"}, "Put quotes around title"),
        ({"title": "a: b: c"}, "The facts are not YAML"),
        ({"review_by": "2026-13-01"}, "The facts are not YAML"),
        ({"review_by": "soon"}, "invalid date format"),
        ({"review_by": "2026-01-01 10:00:00"}, "Write review_by as a date"),
        ({"review_months": "yes"}, "Write review_months as a whole number"),
        ({"review_months": "1.5"}, "Write review_months as a whole number"),
        ({"title": "a\ntitle: b"}, "Have title once"),
        ({"title": "a\nauthor: b"}, "Take out what guidance does not have: author"),
        ({"owner": ""}, "Add what is missing: owner"),
    ],
)
def test_a_fact_that_yaml_takes_for_something_else_is_refused_by_name(facts: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidPageFile, match=message):
        from_file(a_file(**facts), RiskFlagGuidance)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"needs": "Alcohol use"}, "Write needs as a list"),
        ({"needs": "[yes]"}, "Put quotes around what is not a word in needs"),
        ({"flexible_length": "maybe"}, "Write flexible_length as true or false"),
        ({"min_age": "18.5"}, "Write min_age as a whole number"),
    ],
)
def test_a_toolkits_fact_that_yaml_takes_for_something_else_is_refused(facts: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidPageFile, match=message):
        from_file(a_file(ToolkitGuidance, **facts), ToolkitGuidance)


def test_a_text_under_no_heading_or_an_unknown_one_is_refused() -> None:
    with pytest.raises(InvalidPageFile, match="Put all text under one of the headings"):
        from_file(a_file().replace("\n## Purpose", "\nStray\n\n## Purpose"), RiskFlagGuidance)
    with pytest.raises(InvalidPageFile, match="Have these headings, in this order: Purpose, When to use it"):
        from_file(a_file().replace("## Purpose", "## Reason"), RiskFlagGuidance)
