"""Filtering of toolkits by suitability."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from govuk.sorting import sort_key
from guidance.models import ToolkitGuidance


@dataclass(frozen=True)
class Criteria:
    """Filter criteria; None or empty matches everything."""

    gender: str = ""
    age: int | None = None
    offence_type: str = ""
    setting: str = ""
    need: str = ""


@dataclass(frozen=True)
class FilterResult:
    """The toolkits that match, and those for which a criterion is not recorded."""

    matching: list[ToolkitGuidance] = field(default_factory=list)
    unknown: list[ToolkitGuidance] = field(default_factory=list)


def filter_toolkits(pages: Iterable[ToolkitGuidance], wanted: Criteria) -> FilterResult:
    """Return the pages that match all criteria, and those that may, in the given order."""
    found = FilterResult()
    for page in pages:
        answers = [
            _has(page.genders, wanted.gender),
            _of_age(page, wanted.age),
            _has(page.offence_types, wanted.offence_type),
            _has(page.settings, wanted.setting),
            _has(page.needs, wanted.need),
        ]
        if False in answers:
            continue
        (found.unknown if None in answers else found.matching).append(page)
    return found


def terms(pages: Iterable[ToolkitGuidance], name: str) -> list[str]:
    """Return the distinct terms in a field of pages, in alphabetical order."""
    return sorted({term for page in pages for term in getattr(page, name)}, key=sort_key)


def _has(terms_of_page: list[str], wanted: str) -> bool | None:
    if not wanted:
        return True
    return wanted in terms_of_page if terms_of_page else None


def _of_age(page: ToolkitGuidance, age: int | None) -> bool | None:
    if age is None:
        return True
    if page.min_age is None and page.max_age is None:
        return None
    return (page.min_age is None or page.min_age <= age) and (page.max_age is None or age <= page.max_age)
