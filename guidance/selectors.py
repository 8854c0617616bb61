"""Queries of published guidance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance

Kind = TypeVar("Kind", bound=Page)


@dataclass(frozen=True)
class PublishedPage(Generic[Kind]):
    """The published content of a page, as an unsaved page, with its version and time of publication."""

    page: Kind
    published_at: datetime
    version: int


def published(kind: type[Kind]) -> list[PublishedPage[Kind]]:
    """Return the published pages of a kind, by title, with one query."""
    rows = kind._default_manager.filter(state=PageState.PUBLISHED).values_list(
        "published", "published_at", "published_version"
    )
    readings = [
        PublishedPage(page=kind.from_content(content), published_at=at, version=version)
        for content, at, version in rows
    ]
    return sorted(readings, key=lambda reading: (reading.page.title.casefold(), reading.page.slug))


def by_slug(readings: Iterable[PublishedPage[Kind]], slug: str) -> PublishedPage[Kind] | None:
    """Return the page with a slug, or None."""
    return next((reading for reading in readings if reading.page.slug == slug), None)


def related_toolkits(
    page: ToolkitGuidance, readings: Iterable[PublishedPage[ToolkitGuidance]], *, most: int = 3
) -> list[ToolkitGuidance]:
    """Return the pages that share the most needs and offence types with a page, the closest first."""
    shared = {
        reading.page.slug: len(_terms(page) & _terms(reading.page))
        for reading in readings
        if reading.page.slug != page.slug
    }
    close = [reading.page for reading in readings if shared.get(reading.page.slug)]
    return sorted(close, key=lambda other: -shared[other.slug])[:most]


def related_flags(
    page: RiskFlagGuidance, readings: Iterable[PublishedPage[RiskFlagGuidance]], *, most: int = 5
) -> list[RiskFlagGuidance]:
    """Return the flags whose titles share a word with a flag's, those of its category first."""
    close = [
        reading.page
        for reading in readings
        if reading.page.slug != page.slug and _words(page.title) & _words(reading.page.title)
    ]
    return sorted(close, key=lambda other: other.category != page.category)[:most]


def _terms(page: ToolkitGuidance) -> set[str]:
    return {term.casefold() for term in (*page.needs, *page.offence_types)}


def _words(title: str) -> set[str]:
    return {word for word in title.casefold().replace("/", " ").split() if len(word) > 3 and word != "risk"}
