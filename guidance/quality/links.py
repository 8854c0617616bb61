"""Checks of links in guidance, without network requests.

An address that begins with / must resolve to a view, and a page of guidance must be published. Other addresses are
only validated.
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

# Ids in the page that are not of sections.
PAGE_ANCHORS = frozenset({"key-facts", "main-content"})

_is_web_address = URLValidator(schemes=["http", "https"])
_is_email_address = EmailValidator()


@dataclass(frozen=True, slots=True)
class LinkProblem:
    """What is wrong with a link, as a predicate of *The link “EQuiP”*. `archived`: it leads to an archived page."""

    text: str
    archived: bool = False


class LinkTargets:
    """The pages of guidance that a link may lead to, by kind and published slug."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages: Mapping[tuple[str, str], Page] = {
            (page.kind, slug_of(page)): page for page in _readable_last(pages)
        }

    def problem(self, address: str, *, on: Page) -> LinkProblem | None:
        """Return the problem of a link's address on a page, or None."""
        if address.startswith("#"):
            return _without_anchor(address[1:], on)
        if address.startswith("/") and not address.startswith(("//", "/\\")):
            return self._local_problem(address)
        if _is_well_formed(address):
            return None
        return LinkProblem(f"has an address that does not work: {address or 'it is empty'}")

    def _local_problem(self, address: str) -> LinkProblem | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return LinkProblem(f"has an address that does not work: {address}")
        match = _resolved(unquote(parts.path))
        if match is None:
            return LinkProblem(f"leads to a page that is not there: {address}")
        if match.view_name not in {"guidance:toolkit", "guidance:risk-flag"}:
            return None
        target = self._pages.get((match.view_name.removeprefix("guidance:"), match.kwargs["slug"]))
        if target is None:
            return LinkProblem(f"leads to guidance that is not there: {address}")
        if target.state == PageState.ARCHIVED:
            return LinkProblem(f"leads to “{target.title}”, which is archived", archived=True)
        if target.state != PageState.PUBLISHED:
            return LinkProblem(f"leads to “{target.title}”, which is not published")
        return _without_anchor(parts.fragment, target) if parts.fragment else None


def slug_of(page: Page) -> str:
    """Return the published slug of a page, or else its draft's."""
    return str(page.published["slug"]) if page.published else page.slug


@lru_cache(maxsize=2048)
def links_in(text: str) -> tuple[Link, ...]:
    """Return the links in Markdown. Raises LimitExceeded."""
    return tuple(links(text)) if "[" in text else ()


def _readable_last(pages: Iterable[Page]) -> list[Page]:
    """Return published pages last, so that they take precedence over drafts with the same slug."""
    return sorted(pages, key=lambda page: page.state == PageState.PUBLISHED)


def _without_anchor(anchor: str, page: Page) -> LinkProblem | None:
    shown = type(page).from_content(page.published) if page.published else page
    sections = {section.anchor: section for section in page.sections}
    if anchor in PAGE_ANCHORS or (anchor in sections and getattr(shown, sections[anchor].field)):
        return None
    if anchor in sections:
        return LinkProblem(f"leads to a section of “{page.title}” that is not recorded yet: #{anchor}")
    return LinkProblem(f"leads to a section that “{page.title}” does not have: #{anchor}")


def _resolved(path: str) -> ResolverMatch | None:
    """Return the match of a path, also with a slash appended (APPEND_SLASH)."""
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
