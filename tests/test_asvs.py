"""What docs/asvs.md says of the OWASP ASVS is about its requirements, and names what is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ASVS = (DOCS / "asvs.md").read_text(encoding="utf-8")
# The requirements of level 1 and of level 2 in each section of version 5.0.0.
LEVEL_1 = (
    "1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8 "
    "6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 "
    "13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1"
)
LEVEL_2 = (
    "1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1 "
    "4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 "
    "7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 "
    "11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 "
    "14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2"
)
STATES = ("met", "partly", "not met", "platform's", "–")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
ROWS = ROW.findall(ASVS)
CODE = re.compile(r"`([^`]+)`")
NAMED = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:py|js|json|jinja|md|sh|toml|txt|yaml)(?:::\w+)?|Makefile|\.[a-z.]+")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")


def numbers(text: str) -> list[str]:
    """The requirements that a text such as `1.2.1-3 1.4.2` stands for."""
    found = []
    for each in text.split():
        section, _, items = each.rpartition(".")
        first, _, last = items.partition("-")
        found += [f"{section}.{item}" for item in range(int(first), int(last or first) + 1)]
    return found


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_requirement_of_levels_1_and_2_stands_there_once_with_its_level() -> None:
    expected = dict.fromkeys(numbers(LEVEL_1), "1") | dict.fromkeys(numbers(LEVEL_2), "2")
    assert len(expected) == 253
    assert Counter(number for number, *_ in ROWS).most_common(1)[0][1] == 1
    assert {number: level for number, level, *_ in ROWS} == expected
    assert [number for number, *_ in ROWS] == sorted(expected, key=lambda each: [int(part) for part in each.split(".")])
    assert len(re.findall(r"^\| \d", ASVS, re.MULTILINE)) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[number for number, *_ in ROWS])
def test_an_answer_is_one_of_five_and_says_where_it_is_or_what_is_missing(row: tuple[str, ...]) -> None:
    _, _, about, state, where = row
    assert about.strip()
    assert state in STATES
    assert where.strip() or state in {"platform's", "–"}


@pytest.mark.parametrize("row", ROWS, ids=[number for number, *_ in ROWS])
def test_what_an_answer_names_is_there(row: tuple[str, ...]) -> None:
    where = row[-1]
    for named in CODE.findall(where):
        if not NAMED.fullmatch(named):
            assert "::" not in named, named
            continue
        name, _, member = named.partition("::")
        file = ROOT / name
        assert file.is_file(), named
        definition = rf"^\s*(?:def|class) {member}\b|^{member}\b[^\n]*="
        assert not member or re.search(definition, file.read_text(encoding="utf-8"), re.MULTILINE), named
    for target, anchor in LINK.findall(where):
        document = DOCS / target
        assert document.is_file(), target
        assert not anchor or anchor in anchors(document), target + anchor


def test_the_count_by_chapter_is_that_of_the_list() -> None:
    shown = re.findall(
        r"^\| V(\d+) [^|]+ \| " + r" \| ".join([r"(\d+)"] * 6) + r" \|$",
        (DOCS / "security.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    counted = {str(chapter): Counter[str]() for chapter in range(1, 18)}
    for number, _, _, state, _ in ROWS:
        counted[number.partition(".")[0]][state] += 1
    assert {chapter: [int(each) for each in counts] for chapter, *counts in shown} == {
        chapter: [*(count[state] for state in STATES), count.total()] for chapter, count in counted.items()
    }
