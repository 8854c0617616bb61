"""Findings for content designers, shown on the admin's front page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.http import urlencode

from govuk.sorting import sort_key
from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.presenters.facts import flag_rows, toolkit_rows
from guidance.quality.links import LinkTargets
from guidance.quality.prose import ProseProblem, prose_problems
from toolkits.selectors import ToolkitChoice, toolkits_in_use

REVIEW_AHEAD = timedelta(days=30)
OVERDUE_AFTER = timedelta(minutes=10)

Some = TypeVar("Some", bound=Page)


class Kind(StrEnum):
    """The kinds of findings, with their headings, the most urgent first."""

    OVERDUE = "Not published as scheduled"
    LINKS = "Links that do not work"
    ARCHIVED = "Links to archived pages"
    TEXT = "Text that may not be shown as it was meant"
    NO_GUIDANCE = "Toolkits without published guidance"
    NO_TOOLKIT = "Guidance on toolkits that nobody can choose"
    REVIEW = "Due for review"
    CHANGES = "Changes that are not published"
    MISSING = "Published with something missing"

    @property
    def is_broken(self) -> bool:
        """Whether readers are shown something wrong, rather than too little."""
        return self in {Kind.OVERDUE, Kind.LINKS, Kind.ARCHIVED, Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: its text, and the URL in the admin where it can be corrected.

    `page` is None where there is no page yet.
    """

    kind: Kind
    page: Page | None
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of a kind, by title; never empty."""

    kind: Kind
    findings: list[Finding]


def findings(today: date | None = None, *, now: datetime | None = None) -> list[Group]:
    """Return the findings in groups, with three database queries.

    `today` and `now` default to the current time. Archived pages have no findings.
    """
    now = now or timezone.now()
    today = today or timezone.localdate(now)
    toolkits = list(ToolkitGuidance.objects.all())
    everything: list[Page] = [*toolkits, *RiskFlagGuidance.objects.all()]
    pages = [page for page in everything if page.state != PageState.ARCHIVED]
    in_use = toolkits_in_use(today)
    found = [
        *_overdue(pages, now),
        *_prose(pages, LinkTargets(everything)),
        *_toolkits_without_guidance(toolkits, in_use),
        *_guidance_without_toolkit(toolkits, in_use),
        *_due_for_review(pages, today),
        *_unpublished_changes(pages),
        *_missing(pages),
    ]
    groups = (
        Group(kind, sorted((each for each in found if each.kind == kind), key=lambda each: sort_key(each.title)))
        for kind in Kind
    )
    return [group for group in groups if group.findings]


def missing(page: Page) -> list[str]:
    """Return the labels of the fields that a page lacks."""
    rows = toolkit_rows(page) if isinstance(page, ToolkitGuidance) else flag_rows(page)  # type: ignore[arg-type]
    return [
        *([] if page.summary else ["Summary"]),
        *(row.label for row in rows if not row.is_recorded),
        *(section.heading for section in page.sections if not getattr(page, section.field)),
        *([] if page.owner else ["Owner"]),
        *([] if page.review_by else ["Review by date"]),
    ]


def _overdue(pages: Iterable[Page], now: datetime) -> Iterator[Finding]:
    for page in pages:
        if page.scheduled_for and page.scheduled_for < now - OVERDUE_AFTER:
            at = dateformat.format(timezone.localtime(page.scheduled_for), r"j F Y \a\t H:i")
            yield _finding(
                Kind.OVERDUE,
                page,
                f"It was to be published on {at}. Another published page may have its address, or no worker runs",
            )


def _prose(pages: Iterable[Page], targets: LinkTargets) -> Iterator[Finding]:
    for page in _published(pages):
        for problem in prose_problems(_published_content(page), targets=targets):
            yield _finding(_kind_of(problem), page, str(problem))


def _toolkits_without_guidance(pages: Sequence[ToolkitGuidance], in_use: Iterable[ToolkitChoice]) -> Iterator[Finding]:
    read = {_published_content(page).toolkit for page in _published(pages)}
    drafts = {page.toolkit: page for page in pages if page.toolkit}
    for toolkit in in_use:
        if toolkit.slug in read:
            continue
        if page := drafts.get(toolkit.slug):
            state = "archived" if page.state == PageState.ARCHIVED else "not published"
            yield _finding(Kind.NO_GUIDANCE, page, f"Teams can use {toolkit.name}. Its guidance is {state}")
            continue
        known = {"toolkit": toolkit.slug, "title": toolkit.name, "slug": toolkit.slug}
        yield Finding(
            Kind.NO_GUIDANCE,
            None,
            toolkit.name,
            f"Teams can use {toolkit.name}. There is no guidance on it yet",
            f"{reverse('admin:guidance_toolkitguidance_add')}?{urlencode(known)}",
        )


def _guidance_without_toolkit(pages: Iterable[ToolkitGuidance], in_use: Iterable[ToolkitChoice]) -> Iterator[Finding]:
    offered = {toolkit.slug for toolkit in in_use}
    for page in _published(pages):
        if _published_content(page).toolkit not in offered:
            yield _finding(Kind.NO_TOOLKIT, page, "People read it, but no team can choose the toolkit now")


def _due_for_review(pages: Iterable[Page], today: date) -> Iterator[Finding]:
    for page in pages:
        if page.review_by and page.review_by <= today + REVIEW_AHEAD:
            verb = "is" if page.review_by >= today else "was"
            yield _finding(Kind.REVIEW, page, f"Its review {verb} due by {dateformat.format(page.review_by, 'j F Y')}")


def _unpublished_changes(pages: Iterable[Page]) -> Iterator[Finding]:
    for page in pages:
        if page.has_unpublished_changes and page.scheduled != page.content():
            yield _finding(Kind.CHANGES, page, "The draft differs from what people read")


def _missing(pages: Iterable[Page]) -> Iterator[Finding]:
    for page in _published(pages):
        if lacks := missing(_published_content(page)):
            yield _finding(Kind.MISSING, page, f"Not recorded yet: {', '.join(lacks)}")


def _published(pages: Iterable[Some]) -> list[Some]:
    """Return the published pages."""
    return [page for page in pages if page.state == PageState.PUBLISHED and page.published is not None]


def _published_content(page: Some) -> Some:
    """Return a page with its published content."""
    return type(page).from_content(page.published or {})


def _kind_of(problem: ProseProblem) -> Kind:
    if problem.link is None:
        return Kind.TEXT
    return Kind.ARCHIVED if problem.link.archived else Kind.LINKS


def _finding(kind: Kind, page: Page, text: str) -> Finding:
    url = reverse(f"admin:guidance_{page._meta.model_name}_change", args=[page.pk])
    return Finding(kind, page, page.title, text, url)
