"""What is on a page: its forms with their fields, and whether anything that was sent has become part of the page."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

# What a template engine makes of 7919 * 7907.
SUM_OF_TEMPLATES = 62_615_533
USUAL = {"textarea": ["Some words"], "input": ["on"]}
ADDRESSES = frozenset({"href", "src", "action", "formaction"})
SCRIPTS = re.compile(r"^[\x00-\x20]*(javascript|vbscript|data):", re.IGNORECASE)


@dataclass
class Form:
    """A form: where it is sent and how, and the values that a browser may send for each of its names.

    Those of `fixed` are never anything else: they are what makes it this form and not another one of the same address.
    """

    method: str
    path: str
    fields: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    fixed: frozenset[str] = frozenset()
    is_link: bool = False


class Page(HTMLParser):
    """Reads a page that was found at `path`. A link with a query is like a form that is sent in the address."""

    def __init__(self, html: str, *, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self._open: Form | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(given)
        self.scripts += [value for name, value in given.items() if name in ADDRESSES and SCRIPTS.match(value)]
        if tag == "form":
            action = urlsplit(urljoin(self.path, given.get("action", "")))
            self._open = Form(given.get("method", "get").lower(), action.path)
            self.forms.append(self._open)
        elif tag == "a" and "?" in given.get("href", ""):
            link = urlsplit(urljoin(self.path, given["href"]))
            self.forms.append(linked := Form("get", link.path, is_link=True))
            for name, value in parse_qsl(link.query, keep_blank_values=True):
                linked.fields[name].append(value)
        elif self._open is not None:
            self._take(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Take note of where a form ends."""
        if tag == "form":
            self._open = None

    def _take(self, tag: str, given: dict[str, str]) -> None:
        form: Any = self._open
        if tag == "option":
            form.fields[self._select].append(given.get("value", ""))
        elif tag in {"input", "textarea", "button", "select"} and given.get("name"):
            self._select = given["name"]
            form.fields[self._select] += [given["value"]] if "value" in given else USUAL.get(tag, [])


def assert_harmless(answer: Any, *, path: str) -> None:
    """Hold that an answer is no error of ours, and that nothing sent became markup, a header or another site."""
    assert answer.status_code < 500
    assert "hostile" not in {name.lower() for name in answer.headers}
    if "Location" in answer:
        target = urlsplit(answer["Location"])
        assert target.netloc == "" or target.path.startswith("/auth/"), answer["Location"]
    if not answer.get("Content-Type", "").startswith("text/html"):
        return
    html = answer.content.decode()
    assert str(SUM_OF_TEMPLATES) not in html
    if "hostile" in html.lower():
        page = Page(html, path=path)
        assert not [tag for tag in page.tags if "hostile" in tag]
        assert not [name for name in page.attributes if "hostile" in name]
        assert not page.scripts
