"""Choosing toolkits by whom and what they are for."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from guidance.models import ToolkitGuidance


@dataclass(frozen=True)
class Wanted:
    """What a toolkit is looked for by; None or empty is anything."""

    gender: str = ""
    age: int | None = None
    offence_type: str = ""
    setting: str = ""
    need: str = ""


@dataclass(frozen=True)
class Found:
    """The toolkits that fit, and those of which it is not recorded whether they do."""

    fitting: list[ToolkitGuidance] = field(default_factory=list)
    unknown: list[ToolkitGuidance] = field(default_factory=list)


def find(pages: Iterable[ToolkitGuidance], wanted: Wanted) -> Found:
    """Return the pages that fit what is wanted, and those that do not say, in the order in which they come."""
    found = Found()
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
        (found.unknown if None in answers else found.fitting).append(page)
    return found


def terms(pages: Iterable[ToolkitGuidance], name: str) -> list[str]:
    """Return every term that some pages have in a field, each once, in alphabetical order."""
    return sorted({term for page in pages for term in getattr(page, name)}, key=str.casefold)


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
