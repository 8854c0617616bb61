"""Summaries of published guidance, for the templates of other apps."""

from dataclasses import dataclass
from functools import lru_cache

from guidance import selectors
from guidance.models import Gender, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, age_range, genders, toolkit_rows
from guidance.presenters.tags import tag_colour
from guidance.selectors import PublishedPage

GENDERS = {"male": Gender.MEN, "female": Gender.WOMEN}


@dataclass(frozen=True, eq=False)
class ToolkitSummary:
    """The summary of the guidance on a toolkit. Only the same object is equal."""

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
    return _toolkit_summaries(selectors.published(ToolkitGuidance))


def flag_summaries() -> dict[str, FlagSummary]:
    """Return the summaries of risk flags with published guidance, by their codes in Delius."""
    return _flag_summaries(selectors.published(RiskFlagGuidance))


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


@lru_cache(maxsize=1)
def _toolkit_summaries(published: tuple[PublishedPage[ToolkitGuidance], ...]) -> dict[str, ToolkitSummary]:
    return {
        page.toolkit: ToolkitSummary(
            title=page.title,
            summary=page.summary,
            url=page.get_absolute_url(),
            facts=[row for row in toolkit_rows(page) if row.is_recorded],
            page=page,
        )
        for page in (reading.page for reading in published)
        if page.toolkit
    }


@lru_cache(maxsize=1)
def _flag_summaries(published: tuple[PublishedPage[RiskFlagGuidance], ...]) -> dict[str, FlagSummary]:
    return {
        page.code: FlagSummary(
            title=page.title,
            url=page.get_absolute_url(),
            category=page.category,
            tag_colour=tag_colour(page.category),
        )
        for page in (reading.page for reading in published)
    }
