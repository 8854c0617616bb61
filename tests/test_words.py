"""The words on screen: plain, and those of the field."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.jinja")) + sorted(ROOT.glob("*/templates/**/*.html"))
# Where words that people read are written in Python.
SOURCES = sorted(
    path
    for room in ("booking", "appointments", "cases", "govuk", "toolkits", "guidance", "rarbooking")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
)
# The services of 2021, which are no upstream any more: one decision says why.
GONE = re.compile(r"community[-_ ]?api|delius[-_ ]api", re.IGNORECASE)
SAYS_WHY = ROOT / "docs" / "decisions" / "0013-one-door.md"
NOT_OURS = {"node_modules", "var", "__pycache__"}
BANNED = re.compile(r"\boffenders?\b|\bplease\b|\w!(?=\s|$)", re.IGNORECASE)


def files_of_the_project() -> Iterator[Path]:
    """Every file that is ours, hidden folders (caches, environments) aside."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and (name == ".ci" or not name.startswith("."))]
        yield from (Path(folder, name) for name in names)


def shown_in_template(path: Path) -> str:
    """A template's text, without its tags, comments and markup."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"<!.*?>|<[^>]+>", " ", text, flags=re.DOTALL)


def texts_of(path: Path) -> Iterator[str]:
    """The strings of a module, without its docstrings and addresses."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_speaks_plainly_and_of_people(path: Path) -> None:
    assert BANNED.findall(shown_in_template(path)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_message_speaks_plainly_and_of_people(path: Path) -> None:
    assert [text for text in texts_of(path) if BANNED.search(text)] == []


def test_nothing_speaks_of_the_services_of_2021_but_the_decision_that_says_why() -> None:
    speaking = [
        str(path.relative_to(ROOT))
        for path in files_of_the_project()
        if path not in (SAYS_WHY, Path(__file__)) and GONE.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert speaking == []


@pytest.mark.parametrize(
    "text", ["Community API", "COMMUNITY_API_URL", "/community-api/secure", "Delius API's", "delius_api"]
)
def test_the_services_of_2021_would_be_noticed(text: str) -> None:
    assert GONE.search(text)


def test_words_that_are_not_to_be_used_would_be_noticed() -> None:
    for text in ("An offender", "Please wait", "Done!", "OFFENDERS"):
        assert BANNED.search(text)
    for text in ("a != b", "Enter a date", "offended"):
        assert not BANNED.search(text)
