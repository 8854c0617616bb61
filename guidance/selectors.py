"""Published guidance: queries, cached for CACHE_SECONDS and read anew at once when a page is saved or deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from govuk.sorting import sort_key
from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance

CACHE_SECONDS = 60
# Part of every key: to be raised when the cached structure changes, so that a release does not read an older one's.
SCHEMA_VERSION = 1

Kind = TypeVar("Kind", bound=Page)


@dataclass(frozen=True, eq=False)
class PublishedPage(Generic[Kind]):
    """The published content of a page, as an unsaved page, with its version and time of publication.

    It is one object for all requests that are served from the process's cache; they leave it as it is.
    """

    page: Kind
    published_at: datetime
    version: int


def published(kind: type[Kind]) -> tuple[PublishedPage[Kind], ...]:
    """Return the published pages of a kind, by title, with one query where they are not cached."""
    key = _key(kind)
    found: tuple[PublishedPage[Kind], ...] | None = cache.get(key)
    if found is None:
        found = _published(kind)
        cache.set(key, found, CACHE_SECONDS)
    return found


def invalidate() -> None:
    """Have published pages read anew. To be called after changes that send no signal (bulk updates)."""
    cache.delete_many([_key(ToolkitGuidance), _key(RiskFlagGuidance)])


def _published(kind: type[Kind]) -> tuple[PublishedPage[Kind], ...]:
    rows = kind._default_manager.filter(state=PageState.PUBLISHED).values_list(
        "published", "published_at", "published_version"
    )
    readings = [
        PublishedPage(page=kind.from_content(content), published_at=at, version=version)
        for content, at, version in rows
    ]
    return tuple(sorted(readings, key=lambda reading: sort_key(reading.page.title, reading.page.slug)))


def _key(kind: type[Page]) -> str:
    return f"guidance:{SCHEMA_VERSION}:{kind.kind}"


@receiver([post_save, post_delete], sender=ToolkitGuidance)
@receiver([post_save, post_delete], sender=RiskFlagGuidance)
def _page_changed(**kwargs: Any) -> None:
    """Invalidate now, and again on commit: others may cache what was there until then."""
    invalidate()
    transaction.on_commit(invalidate)


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
