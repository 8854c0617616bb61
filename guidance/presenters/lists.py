"""Presenters of the lists of toolkits and risk flags."""

from collections.abc import Iterable
from dataclasses import dataclass

from guidance.models import RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, review_frequency, toolkit_rows
from guidance.presenters.tags import tag_colour

FACTS_IN_LIST = ("Age range", "Gender", "Offence types", "Number of sessions")


@dataclass(frozen=True, eq=False)
class ToolkitItem:
    """A toolkit in a list. Only the same object is equal."""

    slug: str
    title: str
    url: str
    summary: str
    facts: list[Row]


@dataclass(frozen=True, eq=False)
class FlagItem:
    """A risk flag in a list. Only the same object is equal."""

    title: str
    url: str
    code: str
    summary: str
    category: str
    tag_colour: str
    review: str


def toolkit_items(pages: Iterable[ToolkitGuidance]) -> list[ToolkitItem]:
    """Return list items of toolkits, with the recorded facts of FACTS_IN_LIST."""
    return [
        ToolkitItem(
            slug=page.slug,
            title=page.title,
            url=page.get_absolute_url(),
            summary=page.summary,
            facts=[row for row in toolkit_rows(page) if row.label in FACTS_IN_LIST and row.is_recorded],
        )
        for page in pages
    ]


def flag_items(pages: Iterable[RiskFlagGuidance]) -> list[FlagItem]:
    """Return list items of risk flags."""
    return [
        FlagItem(
            title=page.title,
            url=page.get_absolute_url(),
            code=page.code,
            summary=page.summary,
            category=page.category,
            tag_colour=tag_colour(page.category),
            review=review_frequency(page.review_months),
        )
        for page in pages
    ]
