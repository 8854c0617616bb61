"""Guidance where it is needed: what templates elsewhere may say of a toolkit or a risk flag, and link to.

Kept in the cache for a minute, and forgotten at once by the process that publishes something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache

from guidance import selectors
from guidance.models import Gender, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, age_range, genders, toolkit_rows
from guidance.presenters.tags import tag_colour

KEPT_SECONDS = 60
TOOLKITS, FLAGS = "guidance:about-toolkits", "guidance:about-flags"
GENDERS = {"male": Gender.MEN, "female": Gender.WOMEN}

T = TypeVar("T")


@dataclass(frozen=True)
class AboutToolkit:
    """The guidance on a toolkit in short."""

    title: str
    summary: str
    url: str
    facts: list[Row]
    page: ToolkitGuidance

    def reason_against(self, *, age: int | None, gender: str | None) -> str:
        """Return why the toolkit is not usually for somebody, by their age in years and gender as Delius has it.

        Empty where nothing speaks against it, or where it is not known.
        """
        return reason_against(self.page, age=age, gender=gender)


@dataclass(frozen=True)
class AboutFlag:
    """The guidance on a risk flag in short."""

    title: str
    url: str
    category: str
    tag_colour: str


def about_toolkits() -> dict[str, AboutToolkit]:
    """Return what there is to say of each toolkit with published guidance, by the toolkit's slug."""
    return _kept(TOOLKITS, _about_toolkits)


def about_flags() -> dict[str, AboutFlag]:
    """Return what there is to say of each risk flag with published guidance, by its code in Delius."""
    return _kept(FLAGS, _about_flags)


def forget() -> None:
    """Let the next page read what is published now."""
    cache.delete_many([TOOLKITS, FLAGS])


def reason_against(page: ToolkitGuidance, *, age: int | None, gender: str | None) -> str:
    """Return why a toolkit is not usually for somebody: *it is for men aged 18 and over*; empty where it may be."""
    theirs = GENDERS.get((gender or "").casefold())
    wrong_gender = bool(theirs and page.genders and theirs not in page.genders)
    too_young = age is not None and page.min_age is not None and age < page.min_age
    too_old = age is not None and page.max_age is not None and age > page.max_age
    if not (wrong_gender or too_young or too_old):
        return ""
    who = genders(page).lower() if page.genders else "people"
    ages = age_range(page)
    return f"it is for {who} aged {ages[:1].lower()}{ages[1:]}" if ages else f"it is for {who}"


def _about_toolkits() -> dict[str, AboutToolkit]:
    return {
        page.toolkit: AboutToolkit(
            title=page.title,
            summary=page.summary,
            url=page.get_absolute_url(),
            facts=[row for row in toolkit_rows(page) if row.is_recorded],
            page=page,
        )
        for page in (reading.page for reading in selectors.published(ToolkitGuidance))
        if page.toolkit
    }


def _about_flags() -> dict[str, AboutFlag]:
    return {
        page.code: AboutFlag(
            title=page.title,
            url=page.get_absolute_url(),
            category=page.category,
            tag_colour=tag_colour(page.category),
        )
        for page in (reading.page for reading in selectors.published(RiskFlagGuidance))
    }


def _kept(key: str, load: Callable[[], T]) -> T:
    found: T | None = cache.get(key)
    if found is None:
        found = load()
        cache.set(key, found, KEPT_SECONDS)
    return found
