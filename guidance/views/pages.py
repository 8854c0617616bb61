"""Views of published guidance."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guidance import selectors
from guidance.filters import filter_toolkits
from guidance.forms import CompareForm, FeedbackForm, FilterForm, SearchForm
from guidance.models import FlagCategory, RiskFlagGuidance, ToolkitGuidance
from guidance.permissions import READ_GUIDANCE
from guidance.presenters.compare import comparison_rows
from guidance.presenters.lists import FlagItem, ToolkitItem, flag_items, toolkit_items
from guidance.presenters.pages import PageContent, flag_page, toolkit_page
from guidance.selectors import PublishedPage
from guidance.views.conditional import conditional

# The form of every page, which is sent to another one.
FEEDBACK = FeedbackForm()
MAX_PAGES = 128

Readings = tuple[PublishedPage[Any], ...]


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """Show the start page of guidance."""
    return render(request, "guidance/index.html.jinja", {"search": SearchForm()})


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def toolkits(request: HttpRequest) -> HttpResponse:
    """List the toolkits that match the filter."""
    readings = selectors.published(ToolkitGuidance)
    return conditional(
        request, (_versions(readings), request.GET.urlencode()), lambda: _filtered_toolkits(request, readings)
    )


def _filtered_toolkits(request: HttpRequest, readings: Readings) -> HttpResponse:
    pages, items = [reading.page for reading in readings], _toolkit_items(readings)
    form = FilterForm(request.GET, pages=pages)
    form.is_valid()
    found = filter_toolkits(pages, form.criteria())
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "matching": [items[page.slug] for page in found.matching],
        "unknown": [items[page.slug] for page in found.unknown],
        "is_filtered": form.is_used,
        "chosen": request.GET.getlist("toolkits"),
        "back_url": "",
    }
    return render(request, "guidance/toolkits.html.jinja", context)


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def compare(request: HttpRequest) -> HttpResponse:
    """Compare two to four toolkits, or show the form to choose them."""
    readings = selectors.published(ToolkitGuidance)
    pages = {reading.page.slug: reading.page for reading in readings}
    form = CompareForm(request.GET, pages=pages.values())
    if not form.is_valid():
        asked = "toolkits" in request.GET
        context = {"form": form, "has_errors": asked, "asked": asked}
        return render(request, "guidance/compare-choose.html.jinja", context)
    chosen = [pages[slug] for slug in form.cleaned_data["toolkits"]]
    only_differences = request.GET.get("show") == "differences"
    rows = [row for row in comparison_rows(chosen) if row.differs or not only_differences]
    slugs = [("toolkits", page.slug) for page in chosen]
    context = {"pages": chosen, "rows": rows, "only_differences": only_differences, "slugs": slugs}
    return conditional(
        request,
        (_versions(readings), request.GET.urlencode()),
        lambda: render(request, "guidance/compare.html.jinja", context),
    )


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def toolkit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the guidance on a toolkit."""
    readings = selectors.published(ToolkitGuidance)
    reading = selectors.by_slug(readings, slug)
    if reading is None:
        raise Http404
    return _page(request, readings, _toolkit_page(reading, readings))


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def risk_flags(request: HttpRequest) -> HttpResponse:
    """List the risk flags, filtered by category."""
    readings = selectors.published(RiskFlagGuidance)
    category = request.GET.get("category", "")
    chosen = category if category in FlagCategory.values else ""
    flags = [flag for flag in _flag_items(readings) if chosen in ("", flag.category)]
    context = {"flags": flags, "categories": FlagCategory.values, "category": chosen}
    return conditional(
        request,
        (_versions(readings), chosen),
        lambda: render(request, "guidance/risk-flags.html.jinja", context),
    )


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def risk_flag(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the guidance on a risk flag."""
    readings = selectors.published(RiskFlagGuidance)
    reading = selectors.by_slug(readings, slug)
    if reading is None:
        raise Http404
    return _page(request, readings, _flag_page(reading, readings))


def _page(request: HttpRequest, readings: Readings, page: PageContent) -> HttpResponse:
    return conditional(
        request,
        (_versions(readings), page.slug),
        lambda: render(request, "guidance/page.html.jinja", {"page": page, "feedback": FEEDBACK}),
    )


# What follows depends on published content alone, and is worked out once for as long as that is the same object.


@lru_cache(maxsize=2)
def _versions(readings: Readings) -> str:
    return str([(each.page.slug, each.version) for each in readings])


@lru_cache(maxsize=2)
def _toolkit_items(readings: Readings) -> dict[str, ToolkitItem]:
    return {item.slug: item for item in toolkit_items(reading.page for reading in readings)}


@lru_cache(maxsize=2)
def _flag_items(readings: Readings) -> list[FlagItem]:
    return flag_items(reading.page for reading in readings)


@lru_cache(maxsize=MAX_PAGES)
def _toolkit_page(reading: PublishedPage[ToolkitGuidance], readings: Readings) -> PageContent:
    related = selectors.related_toolkits(reading.page, readings)
    return toolkit_page(reading.page, related=related, updated=reading.published_at)


@lru_cache(maxsize=MAX_PAGES)
def _flag_page(reading: PublishedPage[RiskFlagGuidance], readings: Readings) -> PageContent:
    related = selectors.related_flags(reading.page, readings)
    return flag_page(reading.page, related=related, updated=reading.published_at)
