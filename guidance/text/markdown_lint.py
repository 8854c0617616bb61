"""Linting of Markdown: what was typed or pasted and would not be shown as its author meant.

`repair` puts right what is certain, before a page is saved. `warnings` says what is not certain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from html.parser import HTMLParser

from guidance.text.markdown import render

_SPACE = "[ \t\u00a0]"
_INDENT = re.compile(f"{_SPACE}*")
# Word's bullets, also as the private characters of its symbol fonts; the others only before a tab, as Word pastes them.
_BULLETS = "[•▪◦‣●○■□➢✓\uf0a7\uf0b7\uf0d8\uf0fc]"
_WORD_BULLET = re.compile(rf"(?:{_BULLETS}{_SPACE}*|·{_SPACE}+|[–—o§]\t{_SPACE}*)(?=\S)")
_PASTED_BULLETS = re.compile(rf"\A(?:(?:{_BULLETS}\s*|[·*+–—-]\s+)(?=\S))+")
_INDENTS_OF_WORD = {"o": 4, "§": 8, "\uf0a7": 8}
_BULLET = re.compile(rf"([*+-])({_SPACE}+)(?=\S)")
_NUMBER = re.compile(rf"(\d{{1,9}})([.)])({_SPACE}+)(?=\S)")
_RULE = re.compile(r"(?:[*_-][ \t]*){3,}")
_TABLE_RULE = re.compile(r"[ \t|:-]+")
_TABBED = re.compile(r"\S\t+\S")

_LINK = re.compile(r"\](?P<gap>[ ]?)\([ \t]*(?P<address>[^\s()<>]+)[ \t]*\)")
_REVERSED_LINK = re.compile(r"\((?P<text>[^()\[\]\n]+)\)\[(?P<address>(?:https?://|www\.)[^\s\[\]()]+)\](?!\()")
_WITH_SCHEME = re.compile(r"https?://|mailto:", re.IGNORECASE)
_HOST = re.compile(r"(?:www\.(?:[a-z0-9-]+\.)+[a-z]{2,}|(?:[a-z0-9-]+\.)+uk)(?:[/?#:]|\Z)", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+'-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)

_ITEM_SHOWN_AS_TEXT = re.compile(r"(?:[-–—*+·•▪]|\d{1,2}[.)])\s+\S")
_LETTERED = re.compile(r"[a-z][.)]\s+\S", re.IGNORECASE)
_LINK_SHOWN_AS_TEXT = re.compile(r"\[[^\[\]]*\] ?\([^()]*\)?|\([^()]*\)\[[^\[\]]*\]")
_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]*[^\s<>.,;:)]", re.IGNORECASE)
_UNDERLINE = re.compile(r"(?:-{2,}|={2,})[ \t]*")
_STARTS_SENTENCE = re.compile(r"[A-Z“\"‘'(\[*_]")
_MAX_QUOTED = 40


def repair(text: str) -> str:
    """Return Markdown with lists, tables and links as their author certainly meant them. Idempotent.

    - Bullets of Word, and numbers like `1)`, become Markdown's.
    - A list has the empty line before it. The rule is CommonMark's: a bullet, or the number 1, ends a paragraph.
      So has a list of the other kind below a list, and a table below text.
    - Nested items are indented by four spaces a level; two are enough for them to be meant as nested.
    - `[text](www.gov.uk/y)`, `[text] (https://…)`, `(text)[https://…]` and `[text](name@example.com)` become links.
    """
    return "\n".join(_repaired_lines(_repaired_links(text).split("\n")))


def without_bullet(line: str) -> str:
    """Return a line without the bullets that were pasted with it."""
    return _PASTED_BULLETS.sub("", line)


def warnings(text: str) -> list[str]:
    """Return what of repaired Markdown may not be shown as it was meant, and what to do. Raises LimitExceeded."""
    reader = _BlockReader()
    reader.feed(render(text))
    reader.close()
    found = [warning for block in reader.blocks for warning in _warnings_of_block(block)]
    return list(dict.fromkeys([*found, *_warnings_of_lines(text.split("\n"))]))


class _Before(Enum):
    """What the line before is."""

    BLANK = auto()
    TEXT = auto()
    HEADING = auto()
    LIST = auto()


@dataclass(frozen=True, slots=True)
class _Item:
    """A line that may be an item of a list. `number` is None for a bullet; `is_markdown` is false for `1)`."""

    indent: int
    marker: str
    text: str
    number: int | None = None
    is_markdown: bool = True

    @property
    def is_numbered(self) -> bool:
        """Whether it is of a numbered list."""
        return self.number is not None


def _repaired_links(text: str) -> str:
    return _LINK.sub(_repaired_link, _REVERSED_LINK.sub(r"[\g<text>](\g<address>)", text))


def _repaired_link(found: re.Match[str]) -> str:
    address = found["address"]
    if _HOST.match(address):
        return f"](https://{address})"
    if _EMAIL.fullmatch(address):
        return f"](mailto:{address})"
    return f"]({address})" if _WITH_SCHEME.match(address) else found.group()


def _repaired_lines(lines: list[str]) -> Iterator[str]:
    open_items: list[_Item] = []
    before, previous = _Before.BLANK, ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        item = _item(line)
        if not line.strip():
            yield line
            before = _Before.BLANK
        elif item and _is_meant(item, before, open_items):
            sibling = _close(open_items, item.indent)
            other_kind = sibling is not None and sibling.is_numbered != item.is_numbered
            if before is _Before.TEXT or (before is _Before.LIST and other_kind):
                yield ""
            yield f"{'    ' * len(open_items)}{item.marker}{item.text}"
            open_items.append(item)
            before = _Before.LIST
        elif before is _Before.LIST or (open_items and _indent(line) >= 2):
            yield line
            before = _Before.LIST
        else:
            open_items.clear()
            if before is _Before.TEXT and "|" not in previous and "|" in line and _is_table_rule(following):
                yield ""
            yield line
            before = _Before.HEADING if line.startswith("#") else _Before.TEXT
        previous = line


def _is_table_rule(line: str) -> bool:
    return "|" in line and "-" in line and bool(_TABLE_RULE.fullmatch(line))


def _item(line: str) -> _Item | None:
    """Return a line as an item of a list, with Markdown's marker; None where it is not like one."""
    indent, content = _indent(line), line[_INDENT.match(line).end() :]  # type: ignore[union-attr]
    if _RULE.fullmatch(content):
        return None
    if found := _WORD_BULLET.match(content):
        return _Item(indent or _INDENTS_OF_WORD.get(content[0], 0), "* ", content[found.end() :])
    if found := _BULLET.match(content):
        return _Item(indent, found[1] + _spaces(found[2]), content[found.end() :])
    if found := _NUMBER.match(content):
        number, text = int(found[1]), content[found.end() :]
        return _Item(indent, f"{found[1]}.{_spaces(found[3])}", text, number, is_markdown=found[2] == ".")
    return None


def _is_meant(item: _Item, before: _Before, open_items: list[_Item]) -> bool:
    """Return whether a line that is like an item is certainly meant as one."""
    if item.number is None or item.number == 1:
        return True
    if before is _Before.TEXT:
        return False
    return item.is_markdown or any(each.number == item.number - 1 for each in open_items)


def _close(open_items: list[_Item], indent: int) -> _Item | None:
    """Close the items that one with this indent is not nested in. Return the one that it stands beside, if any."""
    sibling = None
    while open_items and indent < open_items[-1].indent + 2:
        sibling = open_items.pop()
    return sibling


def _indent(line: str) -> int:
    return len(_INDENT.match(line).group().replace("\u00a0", " ").expandtabs(4))  # type: ignore[union-attr]


def _spaces(gap: str) -> str:
    return gap if set(gap) == {" "} else " "


def _warnings_of_block(block: str) -> Iterator[str]:
    """Yield what of the text of a paragraph, list item or cell is Markdown that had no effect."""
    lines = [line.strip() for line in block.split("\n")]
    lettered = [line for line in lines if _LETTERED.match(line)]
    items = [line for line in lines if _ITEM_SHOWN_AS_TEXT.match(line)] + (lettered if len(lettered) > 1 else [])
    if items:
        yield (
            f"“{_quoted(items[0])}” is not shown as a list. Leave an empty line before a list, and start each line "
            "of it with * or a number"
        )
    if any(line.startswith("|") or line.endswith("|") for line in lines):
        yield f"“{_quoted(lines[0])}” is not shown as a table. Leave an empty line before it, and put |---| in line 2"
    if "**" in block:
        yield f"“{_quoted(block[block.index('**') :])}” is shown with its asterisks. Put no space inside of them"
    for found in _LINK_SHOWN_AS_TEXT.finditer(block):
        yield f"“{_quoted(found.group())}” is not shown as a link. Write [words](https://…)"
    for found in _TAG.finditer(block):
        yield f"“{_quoted(found.group())}” is shown as it is typed: HTML has no effect"
    for found in _ADDRESS.finditer(_LINK_SHOWN_AS_TEXT.sub("", block)):
        yield f"“{_quoted(found.group())}” is not a link. Write [words that say where it goes](https://…)"


def _warnings_of_lines(lines: list[str]) -> Iterator[str]:
    """Yield which lines are shown as part of what is above them."""
    in_list = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if _TABBED.search(line) and _TABBED.search(following):
            yield f"“{_quoted(line)}” is not shown as a table. Put | between its columns"
        if not line.strip() or line.startswith("#"):
            in_list = False
        elif _item(line):
            in_list = True
        elif in_list and _indent(line) == 0 and _STARTS_SENTENCE.match(line):
            yield f"“{_quoted(line)}” is shown as part of the list above it. If it is not, leave a line empty before it"
        if line.strip() and not line.startswith("|") and _UNDERLINE.fullmatch(following):
            yield f"“{_quoted(line)}” is shown as a heading because of the line below it. Start headings with ###"


def _quoted(text: str) -> str:
    """Return the beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED].rstrip()}…"


class _BlockReader(HTMLParser):
    """Reads the text of each block of rendered HTML, without that of links."""

    _INLINE = frozenset({"strong", "em"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._in_link = True
        elif tag == "br":
            self.blocks[-1] += "\n"
        elif tag not in self._INLINE:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        elif tag not in self._INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._in_link:
            self.blocks[-1] += data
