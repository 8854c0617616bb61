"""Presenter of a page of guidance."""

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
class SectionContent:
    """A section with its prose as HTML, or *Not recorded yet*."""

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
class PageContent:
    """The content of a page. `tag` and `tag_colour` are of a flag's category."""

    kind: str
    caption: str
    title: str
    summary: str
    facts: list[Row]
    sections: list[SectionContent]
    related: list[Link]
    updated: str
    slug: str
    tag: str = ""
    tag_colour: str = ""


def toolkit_page(
    page: ToolkitGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None
) -> PageContent:
    """Return the content of a toolkit's page."""
    return PageContent(
        kind=page.kind,
        caption="Toolkit guidance",
        title=page.title,
        summary=page.summary,
        facts=toolkit_rows(page),
        sections=sections(page),
        related=[Link(each.title, each.get_absolute_url()) for each in related],
        updated=format_date(updated),
        slug=page.slug,
    )


def flag_page(page: RiskFlagGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None) -> PageContent:
    """Return the content of a risk flag's page."""
    return PageContent(
        kind=page.kind,
        caption="Risk flag guidance",
        title=page.title,
        summary=page.summary,
        facts=flag_rows(page),
        sections=sections(page),
        related=[Link(each.title, each.get_absolute_url()) for each in related],
        updated=format_date(updated),
        slug=page.slug,
        tag=page.category,
        tag_colour=tag_colour(page.category),
    )


def page_content(page: Page) -> PageContent:
    """Return the content of a page of either kind, without related pages."""
    return toolkit_page(page) if isinstance(page, ToolkitGuidance) else flag_page(page)  # type: ignore[arg-type]


def sections(page: Page) -> list[SectionContent]:
    """Return all sections of a page in order, also those without prose."""
    return [
        SectionContent(
            id=section.anchor,
            heading=section.heading,
            prose=render(text) if text else escape(NOT_RECORDED),
            is_recorded=bool(text),
        )
        for section in page.sections
        for text in [getattr(page, section.field)]
    ]


def format_date(moment: datetime | None) -> str:
    """Return a date, like *4 October 2022*; empty for None."""
    if moment is None:
        return ""
    day = timezone.localtime(moment).date()
    return f"{day.day} {day:%B} {day.year}"
