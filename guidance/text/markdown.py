"""Markdown of guidance, rendered as sanitised HTML with the classes of GOV.UK Frontend.

A subset of Markdown: paragraphs, headings, lists, links, bold, emphasis, quotes and tables. Raw HTML is escaped. Images
and code are not supported.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

MAX_CHARACTERS = 20_000
MAX_LINES = 2_000
MAX_COLUMNS = 20
MAX_LEVELS = 8
LOWEST_HEADING = 6
SCHEMES = {"http", "https", "mailto"}

CHEAT_SHEET: tuple[tuple[str, str], ...] = (
    ("### Heading", "A heading. Use ### for headings in a section and #### for those below them."),
    ("A line of text", "A paragraph. Leave an empty line between paragraphs."),
    ("* First\n* Second", "A list with bullets."),
    ("1. First\n2. Second", "A numbered list."),
    ("[EQuiP](https://example.com)", "A link. Say where it goes, never “click here”."),
    ("**Important**", "Bold. Use it for names on screen and little else."),
    ("> Text", "Text that stands out, with a line at its left."),
)

_CLASSES = {
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "blockquote": "govuk-inset-text",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
}
_HEADINGS = {f"h{level}": level for level in range(1, LOWEST_HEADING + 1)}
_HEADING_CLASSES = {3: "govuk-heading-m"}
_TAGS = {*_CLASSES, *_HEADINGS, "li", "strong", "em", "br"}
_ADDRESS = re.compile(r"https?://|mailto:|/(?![/\\])|#", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NESTING = re.compile(r"^(?:[ \t]*(?:>|[-*+]|\d+[.)])[ \t]*)+|^[ \t]+", re.MULTILINE)


class LimitExceeded(ValueError):
    """The text is over a limit of length or nesting. The message says what to do."""


@dataclass(frozen=True)
class Link:
    """A link in Markdown."""

    text: str
    address: str


@lru_cache(maxsize=512)
def render(text: str, *, top_level: int = 3) -> Markup:
    """Return Markdown as sanitised HTML. Its highest headings have the level `top_level` (1 to 6).

    Raises LimitExceeded.
    """
    parser = Markdown(extensions=["tables", "sane_lists", _GuidanceExtension(top_level)], output_format="html")
    return Markup(  # noqa: S704 - what nh3 returns is safe to show
        nh3.clean(
            parser.convert(check_limits(text)),
            tags=_TAGS,
            attributes={
                **{tag: {"class"} for tag in {*_CLASSES, *_HEADINGS}},
                "a": {"class", "href"},
                "ol": {"class", "start"},
                "th": {"class", "scope"},
            },
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer",
            clean_content_tags={"script", "style"},
        )
    )


def check_limits(text: str) -> str:
    """Return Markdown without control characters. Raises LimitExceeded."""
    if len(text) > MAX_CHARACTERS:
        raise LimitExceeded(f"Text must be {MAX_CHARACTERS:,} characters or fewer")
    text = _CONTROL.sub("", text)
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise LimitExceeded(f"Text must be {MAX_LINES:,} lines or fewer")
    if any(line.count("|") > MAX_COLUMNS for line in lines):
        raise LimitExceeded(f"Tables must have at most {MAX_COLUMNS} columns")
    if any(len(found.group().replace("\t", "    ")) > MAX_LEVELS * 4 for found in _NESTING.finditer(text)):
        raise LimitExceeded(f"Lists and quotes must be at most {MAX_LEVELS} levels deep")
    if any(_max_open(paragraph, pair) > MAX_LEVELS for paragraph in text.split("\n\n") for pair in ("[]", "()")):
        raise LimitExceeded("Close the brackets: too many are open in one paragraph")
    return text


def plain_text(text: str) -> str:
    """Return the plain text of Markdown, with whitespace collapsed. Raises LimitExceeded."""
    reader = _TextExtractor()
    reader.feed(render(text))
    reader.close()
    return " ".join("".join(reader.pieces).split())


def links(text: str) -> list[Link]:
    """Return the links in Markdown, also those whose addresses are not allowed. Raises LimitExceeded."""
    parser = Markdown(extensions=["tables", "sane_lists"], output_format="html")
    reader = _TextExtractor()
    reader.feed(parser.convert(_escaped(check_limits(text))))
    reader.close()
    return reader.links


class _GuidanceExtension(Extension):
    """Markdown extension that restricts the syntax and adds GOV.UK's classes."""

    def __init__(self, top_level: int) -> None:
        super().__init__()
        self.top_level = top_level

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Markdown calls
        for name in ("html_block", "reference"):
            if name in md.preprocessors:
                md.preprocessors.deregister(name)
        for name in ("html", "image_link", "image_reference", "short_image_ref", "backtick", "automail"):
            md.inlinePatterns.deregister(name)
        md.parser.blockprocessors.deregister("code")
        md.treeprocessors.register(_GovukClasses(md, self.top_level), "guidance", 0)


class _GovukClasses(Treeprocessor):
    """Adds GOV.UK's classes and scopes, shifts heading levels, and removes unsafe link addresses."""

    def __init__(self, md: Markdown, top_level: int) -> None:
        super().__init__(md)
        self.top_level = top_level

    def run(self, root: Element) -> None:
        headings = [_HEADINGS[each.tag] for each in root.iter() if each.tag in _HEADINGS]
        highest = min(headings, default=1)
        for element in root.iter():
            if element.tag in _HEADINGS:
                level = min(_HEADINGS[element.tag] - highest + self.top_level, LOWEST_HEADING)
                element.tag = f"h{level}"
                element.set("class", _HEADING_CLASSES.get(level, "govuk-heading-s"))
            elif element.tag in _CLASSES:
                element.set("class", _CLASSES[element.tag])
            if element.tag == "a" and not _ADDRESS.match(element.get("href", "")):
                element.attrib.pop("href", None)
            if element.tag == "th":
                element.set("scope", "col")


class _TextExtractor(HTMLParser):
    """Extracts text and links from rendered HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self._address: str | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"strong", "em", "a"}:
            self.pieces.append(" ")
        if tag == "a":
            self._address, self._text = dict(attrs).get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"strong", "em", "a"}:
            self.pieces.append(" ")
        if tag == "a" and self._address is not None:
            self.links.append(Link("".join(self._text), self._address))
            self._address = None

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        self._text.append(data)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def _max_open(text: str, pair: str) -> int:
    """Return the maximum nesting of a pair of brackets; the parser is very slow for deep nesting."""
    depth = most = 0
    for character in text:
        if character == pair[0]:
            depth += 1
            most = max(most, depth)
        elif character == pair[1]:
            depth = max(depth - 1, 0)
    return most
