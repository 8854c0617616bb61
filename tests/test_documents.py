"""What people read about the product leads somewhere, and is found from the index."""

import re
from pathlib import Path

import pytest

from tests.test_asvs import anchors

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
INDEX = (DOCS / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(path for path in DOCS.rglob("*.md") if "screens" not in path.parts)]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
WORD = re.compile(r"^\| ([^|]+) \| [^|]+ \|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(document: Path) -> None:
    for target, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        place = document.parent / target if target else document
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target + anchor


def test_the_readme_is_short_and_names_the_two_commands_and_every_folder() -> None:
    assert len(README.splitlines()) < 120
    assert re.findall(r"^    (make \w+) ", README, re.MULTILINE) == ["make demo", "make test"]
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"docs", "ops", "templates"}
    assert folders <= set(re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE))


def test_the_index_leads_to_every_document() -> None:
    linked = {(DOCS / target).resolve() for target, _ in LINK.findall(INDEX)}
    one_by_one = {path for path in DOCUMENTS if path.parent != DOCS / "decisions" and path != DOCS / "README.md"}
    assert one_by_one <= linked
    decisions = (DOCS / "decisions/README.md").read_text(encoding="utf-8")
    listed = {target for target, _ in LINK.findall(decisions)}
    assert {path.name for path in (DOCS / "decisions").glob("0*.md")} <= listed


def test_the_words_are_in_order_and_each_is_explained_once() -> None:
    words = [word.strip() for word in WORD.findall(INDEX.partition("## Words")[2])][1:]
    assert words == sorted(words, key=str.lower)
    assert len(words) == len(set(words)) > 30
    assert {"RAR", "NSI", "NAT1", "CRN", "LAO, limited access", "mirror", "reference"} <= set(words)
