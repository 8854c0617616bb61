"""Cached summaries of published guidance, for the templates of other apps.

Cached for CACHE_SECONDS, and invalidated when a page is saved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache

from guidance import selectors
from guidance.models import Gender, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, age_range, genders, toolkit_rows
from guidance.presenters.tags import tag_colour

CACHE_SECONDS = 60
TOOLKITS_KEY, FLAGS_KEY = "guidance:about-toolkits", "guidance:about-flags"
GENDERS = {"male": Gender.MEN, "female": Gender.WOMEN}

T = TypeVar("T")


@dataclass(frozen=True)
class ToolkitSummary:
    """The summary of the guidance on a toolkit."""

    title: str
    summary: str
    url: str
    facts: list[Row]
    page: ToolkitGuidance

    def reason_against(self, *, age: int | None, gender: str | None) -> str:
        """Return why the toolkit is not usually for a person of this age in years and gender (Delius's description).

        Empty where it is suitable, or where that is not known.
        """
        return reason_against(self.page, age=age, gender=gender)


@dataclass(frozen=True)
class FlagSummary:
    """The summary of the guidance on a risk flag."""

    title: str
    url: str
    category: str
    tag_colour: str


def toolkit_summaries() -> dict[str, ToolkitSummary]:
    """Return the summaries of toolkits with published guidance, by the toolkit's slug."""
    return _cached(TOOLKITS_KEY, _toolkit_summaries)


def flag_summaries() -> dict[str, FlagSummary]:
    """Return the summaries of risk flags with published guidance, by their codes in Delius."""
    return _cached(FLAGS_KEY, _flag_summaries)


def invalidate() -> None:
    """Invalidate the cached summaries."""
    cache.delete_many([TOOLKITS_KEY, FLAGS_KEY])


def reason_against(page: ToolkitGuidance, *, age: int | None, gender: str | None) -> str:
    """Return why a toolkit is not usually for a person, like *it is for men aged 18 and over*; empty where suitable."""
    theirs = GENDERS.get((gender or "").casefold())
    wrong_gender = bool(theirs and page.genders and theirs not in page.genders)
    too_young = age is not None and page.min_age is not None and age < page.min_age
    too_old = age is not None and page.max_age is not None and age > page.max_age
    if not (wrong_gender or too_young or too_old):
        return ""
    who = genders(page).lower() if page.genders else "people"
    ages = age_range(page)
    return f"it is for {who} aged {ages[:1].lower()}{ages[1:]}" if ages else f"it is for {who}"


def _toolkit_summaries() -> dict[str, ToolkitSummary]:
    return {
        page.toolkit: ToolkitSummary(
            title=page.title,
            summary=page.summary,
            url=page.get_absolute_url(),
            facts=[row for row in toolkit_rows(page) if row.is_recorded],
            page=page,
        )
        for page in (reading.page for reading in selectors.published(ToolkitGuidance))
        if page.toolkit
    }


def _flag_summaries() -> dict[str, FlagSummary]:
    return {
        page.code: FlagSummary(
            title=page.title,
            url=page.get_absolute_url(),
            category=page.category,
            tag_colour=tag_colour(page.category),
        )
        for page in (reading.page for reading in selectors.published(RiskFlagGuidance))
    }


def _cached(key: str, load: Callable[[], T]) -> T:
    found: T | None = cache.get(key)
    if found is None:
        found = load()
        cache.set(key, found, CACHE_SECONDS)
    return found
