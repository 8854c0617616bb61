"""A page of guidance: its facts, its sections, and what belongs beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from markupsafe import Markup, escape

from guidance.models import Page, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, flag_rows, toolkit_rows
from guidance.presenters.tags import tag_colour
from guidance.text.markdown import render
from guidance.text.structure import NOT_RECORDED


@dataclass(frozen=True)
class SectionShown:
    """A section with its prose as HTML, or that there is none yet."""

    id: str
    heading: str
    prose: Markup
    is_recorded: bool


@dataclass(frozen=True)
class Link:
    """A link to another page."""

    text: str
    url: str


@dataclass(frozen=True)
class PageShown:
    """Everything a page shows. `tag` and `tag_colour` are those of a flag's category."""

    kind: str
    caption: str
    title: str
    summary: str
    facts: list[Row]
    sections: list[SectionShown]
    related: list[Link]
    updated: str
    slug: str
    tag: str = ""
    tag_colour: str = ""


def toolkit_page(page: ToolkitGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None) -> PageShown:
    """Return what the page of a toolkit shows."""
    return PageShown(
        kind=page.kind,
        caption="Toolkit guidance",
        title=page.title,
        summary=page.summary,
        facts=toolkit_rows(page),
        sections=sections(page),
        related=[Link(each.title, each.get_absolute_url()) for each in related],
        updated=on_day(updated),
        slug=page.slug,
    )


def flag_page(page: RiskFlagGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None) -> PageShown:
    """Return what the page of a risk flag shows."""
    return PageShown(
        kind=page.kind,
        caption="Risk flag guidance",
        title=page.title,
        summary=page.summary,
        facts=flag_rows(page),
        sections=sections(page),
        related=[Link(each.title, each.get_absolute_url()) for each in related],
        updated=on_day(updated),
        slug=page.slug,
        tag=page.category,
        tag_colour=tag_colour(page.category),
    )


def shown(page: Page) -> PageShown:
    """Return what a page of either kind shows, without what is beside it."""
    return toolkit_page(page) if isinstance(page, ToolkitGuidance) else flag_page(page)  # type: ignore[arg-type]


def sections(page: Page) -> list[SectionShown]:
    """Return all sections of a page in the structure's order, those without prose too."""
    return [
        SectionShown(
            id=section.anchor,
            heading=section.heading,
            prose=render(text) if text else escape(NOT_RECORDED),
            is_recorded=bool(text),
        )
        for section in page.sections
        for text in [getattr(page, section.field)]
    ]


def on_day(moment: datetime | None) -> str:
    """Return a moment's day, like *4 October 2022*; empty for none."""
    if moment is None:
        return ""
    day = timezone.localtime(moment).date()
    return f"{day.day} {day:%B} {day.year}"
