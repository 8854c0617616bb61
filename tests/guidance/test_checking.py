"""Whoever looks after guidance can have a report of what it lacks and how hard it is to read."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from guidance.quality.reading_age import MAX_READING_AGE, reading_age_of
from guidance.services import publishing
from guidance.services.import_export import CONTENT, FOLDERS, load_guidance
from guidance.services.page_files import from_file
from tests.guidance.factories import make_flag_page, make_toolkit_page, published, rewritten
from tests.test_words import BANNED

EASY = """\
The cat sat on the mat. It was warm. The dog ran up the hill to see the sea.

Then they went home to eat. They had fish, and the dog had a bone. They slept all day.
"""
HARD = """\
Notwithstanding the aforementioned considerations, practitioners are required to undertake a comprehensive
multidisciplinary assessment of criminogenic necessities prior to the commencement of any intervention, having
particular regard to proportionality, responsivity and the organisational prioritisation of resources.
"""


def check_limits(**options: Any) -> str:
    printed = StringIO()
    call_command("check_guidance", stdout=printed, **options)
    return printed.getvalue()


class TestReadingAge:
    def test_a_text_for_children_is_for_children(self) -> None:
        assert reading_age_of([EASY]) == 5

    def test_a_text_for_lawyers_is_too_hard(self) -> None:
        age = reading_age_of([HARD])
        assert age is not None
        assert age > MAX_READING_AGE + 10

    def test_a_list_is_not_one_long_sentence(self) -> None:
        items = ["stand up to friends and peers", "think about the future", "get help from the family"] * 4
        listed = reading_age_of(["It helps people to:\n\n" + "\n".join(f"- {item}" for item in items)])
        strung = reading_age_of(["It helps people to " + ", ".join(items) + "."])
        assert listed is not None
        assert strung is not None
        assert listed + 10 < strung

    def test_the_addresses_of_links_do_not_count(self) -> None:
        with_link = EASY.replace("the mat", "[the mat](https://equip-portal.example.com/organisational/prioritisation)")
        assert reading_age_of([with_link]) == reading_age_of([EASY])

    def test_of_a_few_words_nothing_can_be_said(self) -> None:
        assert reading_age_of(["", "Organisational prioritisation of resources."]) is None

    def test_prose_that_cannot_be_shown_can_be_measured(self) -> None:
        assert reading_age_of(["> " * 200 + HARD]) is not None


@pytest.mark.django_db
class TestReport:
    def test_it_has_a_line_for_each_page_with_the_hardest_first(self) -> None:
        published(make_toolkit_page(covers=EASY))
        make_flag_page(purpose=HARD, summary="Short", review_months=6, owner="A team")
        publishing.archive(make_flag_page(title="Old", slug="old", code="OLD"), by=None, note="Old")
        lines = check_limits().splitlines()
        assert lines[0].split() == ["Page", "Title", "State", "Age", "Missing"]
        assert lines[1].startswith("risk-flags/alert-notice   Alert notice     Draft      ")
        assert lines[1].endswith("When to use it, Reviewing it, At termination, Links, Review by date")
        assert lines[2].startswith(
            "toolkits/maps-for-change  Maps for Change  Published  5    Summary, Age range, Gender"
        )
        assert lines[3:] == ["", "2 pages, 2 with something missing, 1 harder to read than at age 14"]

    def test_it_can_be_opened_in_a_spreadsheet(self) -> None:
        make_flag_page(purpose=EASY, title='Commas, and "quotes"')
        (row,) = csv.DictReader(StringIO(check_limits(csv=True)))
        assert list(row) == ["page", "title", "state", "reading_age", "missing"]
        assert (row["page"], row["title"], row["state"], row["reading_age"]) == (
            "risk-flags/alert-notice",
            'Commas, and "quotes"',
            "Draft",
            "5",
        )
        assert row["missing"].startswith("Summary, Suggested review frequency, ")

    def test_it_is_about_what_people_read_unless_asked_about_drafts(self) -> None:
        rewritten(published(make_flag_page(purpose=EASY)), purpose=HARD)
        assert "0 harder" in check_limits()
        assert "1 harder" in check_limits(drafts=True)

    def test_where_there_is_no_guidance_it_says_so(self) -> None:
        assert check_limits().splitlines()[-1] == "0 pages, 0 with something missing, 0 harder to read than at age 14"


@pytest.mark.django_db
def test_nothing_of_the_starting_set_is_harder_to_read_than_guidance_should_be() -> None:
    load_guidance()
    assert check_limits().splitlines()[-1].endswith(", 0 harder to read than at age 14")


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/*.md")), ids=lambda path: path.stem)
def test_a_page_of_the_starting_set_speaks_plainly_and_of_people(path: Path) -> None:
    page = from_file(path.read_text(encoding="utf-8"), FOLDERS[path.parent.name])
    prose = [page.summary, *(getattr(page, section.field) for section in page.sections)]
    assert BANNED.findall("\n".join(prose)) == []
