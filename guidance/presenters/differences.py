"""Differences between two versions of a page."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field

from govuk.differences import Difference
from govuk.differences import differences as differences_of_row
from guidance.models import Page


def differences(page: Page, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the differences between two contents of a page, in the order of its fields."""
    return differences_of_row(page, before, after, labels=labels_of(page))


def labels_of(page: Page) -> dict[str, str]:
    """Return the label of each field of a page, in the order of the page."""
    facts = {fact.field: fact.label for fact in page.facts}
    sections = {section.field: section.heading for section in page.sections}
    return {name: (facts | sections).get(name) or _own_label(page, name) for name in page.content_fields()}


def _own_label(page: Page, name: str) -> str:
    field = page._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.verbose_name).capitalize()
