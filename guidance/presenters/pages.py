"""Presenter of a page of guidance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from markupsafe import Markup

from guidance.models import Page, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import Row, flag_rows, toolkit_rows
from guidance.presenters.tags import tag_colour
from guidance.text.markdown import render

# Of a page with less than this share of its facts and sections, the first that a reader sees is what is missing.
LITTLE = 0.5


@dataclass(frozen=True)
class SectionContent:
    """A section with its prose as HTML."""

    id: str
    heading: str
    prose: Markup


@dataclass(frozen=True)
class Link:
    """A link to another page."""

    text: str
    url: str


@dataclass(frozen=True, eq=False)
class PageContent:
    """The content of a page: what is recorded, and a line that names what is not. Only the same object is equal.

    Where little is known, the line names what is, too. `tag` and `tag_colour` are of a flag's category.
    """

    kind: str
    caption: str
    title: str
    summary: str
    facts: list[Row]
    sections: list[SectionContent]
    gaps: str
    is_little_known: bool
    related: list[Link]
    updated: str
    slug: str
    tag: str = ""
    tag_colour: str = ""


def toolkit_page(
    page: ToolkitGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None
) -> PageContent:
    """Return the content of a toolkit's page."""
    rows = toolkit_rows(page)
    gaps, is_little_known = _gaps(page, rows)
    return PageContent(
        kind=page.kind,
        caption="Toolkit guidance",
        title=page.title,
        summary=page.summary,
        facts=[row for row in rows if row.is_recorded],
        sections=sections(page),
        gaps=gaps,
        is_little_known=is_little_known,
        related=[Link(each.title, each.get_absolute_url()) for each in related],
        updated=format_date(updated),
        slug=page.slug,
    )


def flag_page(page: RiskFlagGuidance, *, related: Sequence[Page] = (), updated: datetime | None = None) -> PageContent:
    """Return the content of a risk flag's page."""
    rows = flag_rows(page)
    gaps, is_little_known = _gaps(page, rows)
    return PageContent(
        kind=page.kind,
        caption="Risk flag guidance",
        title=page.title,
        summary=page.summary,
        facts=[row for row in rows if row.is_recorded],
        sections=sections(page),
        gaps=gaps,
        is_little_known=is_little_known,
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
    """Return the sections of a page that have prose, in order."""
    return [
        SectionContent(id=section.anchor, heading=section.heading, prose=render(text))
        for section in page.sections
        if (text := getattr(page, section.field))
    ]


def _gaps(page: Page, rows: Sequence[Row]) -> tuple[str, bool]:
    """Return the line that says which facts and sections are not recorded, and whether few are."""
    names = [(row.label, row.is_recorded) for row in rows]
    names += [(section.heading, bool(getattr(page, section.field))) for section in page.sections]
    known = [name for name, is_recorded in names if is_recorded]
    unknown = [name for name, is_recorded in names if not is_recorded]
    is_little_known = len(known) < LITTLE * len(names)
    gaps = [f"Recorded so far: {_listed(known)}."] if known and is_little_known else []
    gaps += [f"Not recorded yet: {_listed(unknown)}."] if unknown else []
    return " ".join(gaps), is_little_known


def _listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence, like *age range, gender and contact*."""
    small = [f"{name[:1].lower()}{name[1:]}" for name in names]
    return " and ".join(filter(None, (", ".join(small[:-1]), *small[-1:])))


def format_date(moment: datetime | None) -> str:
    """Return a date, like *4 October 2022*; empty for None."""
    if moment is None:
        return ""
    day = timezone.localtime(moment).date()
    return f"{day.day} {day:%B} {day.year}"
