"""What people may read: pages as they were last published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance

Kind = TypeVar("Kind", bound=Page)


@dataclass(frozen=True)
class Reading(Generic[Kind]):
    """A page as it was last published: its content in a page that is not to be saved, and when that was."""

    page: Kind
    published_at: datetime
    version: int


def published(kind: type[Kind]) -> list[Reading[Kind]]:
    """Return every published page of a kind, by title. One query."""
    rows = kind._default_manager.filter(state=PageState.PUBLISHED).values_list(
        "published", "published_at", "published_version"
    )
    readings = [Reading(page=kind.of(content), published_at=at, version=version) for content, at, version in rows]
    return sorted(readings, key=lambda reading: (reading.page.title.casefold(), reading.page.slug))


def of_slug(readings: Iterable[Reading[Kind]], slug: str) -> Reading[Kind] | None:
    """Return the page with a slug among some, or None."""
    return next((reading for reading in readings if reading.page.slug == slug), None)


def related_toolkits(
    page: ToolkitGuidance, readings: Iterable[Reading[ToolkitGuidance]], *, most: int = 3
) -> list[ToolkitGuidance]:
    """Return the pages that have most needs and offence types in common with one, the closest first."""
    shared = {
        reading.page.slug: len(_terms(page) & _terms(reading.page))
        for reading in readings
        if reading.page.slug != page.slug
    }
    close = [reading.page for reading in readings if shared.get(reading.page.slug)]
    return sorted(close, key=lambda other: -shared[other.slug])[:most]


def related_flags(
    page: RiskFlagGuidance, readings: Iterable[Reading[RiskFlagGuidance]], *, most: int = 5
) -> list[RiskFlagGuidance]:
    """Return the flags whose titles share a word with one, those of its category first."""
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
