"""Where the links in guidance lead: what is wrong with an address, without asking anybody else.

An address that begins with / is ours: something has to answer there, and a page of guidance has to be one that people
read. Of other addresses only the form is looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.urls import Resolver404, ResolverMatch, resolve

from guidance.models import Page, PageState
from guidance.text.markdown import Link, links

# What is in the page around the sections, and what has an id there.
AROUND = frozenset({"key-facts", "main-content"})

_is_web_address = URLValidator(schemes=["http", "https"])
_is_email_address = EmailValidator()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a link, in words that follow *The link “EQuiP”*. `archived` is the page it leads to, if so."""

    text: str
    archived: bool = False


class Targets:
    """The pages of guidance that a link may lead to, by kind and by the slug that readers know."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages: Mapping[tuple[str, str], Page] = {
            (page.kind, slug_of(page)): page for page in _readable_last(pages)
        }

    def trouble(self, address: str, *, on: Page) -> Trouble | None:
        """Return what is wrong with an address in a link on a page; None where nothing is."""
        if address.startswith("#"):
            return _without_anchor(address[1:], on)
        if address.startswith("/") and not address.startswith(("//", "/\\")):
            return self._trouble_here(address)
        if _is_well_formed(address):
            return None
        return Trouble(f"has an address that does not work: {address or 'it is empty'}")

    def _trouble_here(self, address: str) -> Trouble | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return Trouble(f"has an address that does not work: {address}")
        match = _resolved(unquote(parts.path))
        if match is None:
            return Trouble(f"leads to a page that is not there: {address}")
        if match.view_name not in {"guidance:toolkit", "guidance:risk-flag"}:
            return None
        target = self._pages.get((match.view_name.removeprefix("guidance:"), match.kwargs["slug"]))
        if target is None:
            return Trouble(f"leads to guidance that is not there: {address}")
        if target.state == PageState.ARCHIVED:
            return Trouble(f"leads to “{target.title}”, which is archived", archived=True)
        if target.state != PageState.PUBLISHED:
            return Trouble(f"leads to “{target.title}”, which is not published")
        return _without_anchor(parts.fragment, target) if parts.fragment else None


def slug_of(page: Page) -> str:
    """Return the slug that readers know a page by, or else that of its draft."""
    return str(page.published["slug"]) if page.published else page.slug


@lru_cache(maxsize=2048)
def links_in(text: str) -> tuple[Link, ...]:
    """Return the links in some prose. Raises TooMuch."""
    return tuple(links(text)) if "[" in text else ()


def _readable_last(pages: Iterable[Page]) -> list[Page]:
    """Have the page that people read count where a draft has the same slug."""
    return sorted(pages, key=lambda page: page.state == PageState.PUBLISHED)


def _without_anchor(anchor: str, page: Page) -> Trouble | None:
    if anchor in AROUND or anchor in {section.anchor for section in page.sections}:
        return None
    return Trouble(f"leads to a section that “{page.title}” does not have: #{anchor}")


def _resolved(path: str) -> ResolverMatch | None:
    """Return what answers at a path, also where people are sent on to the one with a slash at its end."""
    for each in (path, f"{path}/"):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _is_well_formed(address: str) -> bool:
    scheme, _, rest = address.partition(":")
    try:
        if scheme.casefold() == "mailto":
            _is_email_address(rest.partition("?")[0])
        else:
            _is_web_address(address)
    except ValidationError:
        return False
    return True
