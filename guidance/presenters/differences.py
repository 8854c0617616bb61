"""Differences between two versions of a page, by field and by word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Field
from markupsafe import Markup, escape

from guidance.models import Page

NOTHING = "Empty"
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Difference:
    """A field that differs: both values, and an inline diff."""

    label: str
    before: str
    after: str
    marked: Markup


def differences(page: Page, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the differences between two contents of a page, in the order of its fields."""
    labels = labels_of(page)
    found = []
    for name in page.content_fields():
        if name not in before or name not in after:
            continue
        old, new = format_value(page, name, before[name]), format_value(page, name, after[name])
        if old != new:
            found.append(Difference(labels[name], old or NOTHING, new or NOTHING, inline_diff(old, new)))
    return found


def labels_of(page: Page) -> dict[str, str]:
    """Return the label of each field of a page."""
    own = {name: str(_field(page, name).verbose_name).capitalize() for name in page.content_fields()}
    facts = {fact.field: fact.label for fact in page.facts}
    return {**own, **facts, **{section.field: section.heading for section in page.sections}}


def format_value(page: Page, name: str, value: Any) -> str:
    """Return a field's value as text; empty for no value."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    field = _field(page, name)
    choices = dict(field.flatchoices) if field.choices else {}
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    if isinstance(value, str) and field.get_internal_type() == "DateField":
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return f"{value.day} {value:%B} {value.year}"
    return str(choices.get(value, value))


def inline_diff(old: str, new: str) -> Markup:
    """Return a word diff of two texts as HTML with <del> and <ins>."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        went, came = "".join(before[i1:i2]), "".join(after[j1:j2])
        if what == "equal":
            pieces.append(escape(went))
            continue
        if went:
            pieces.append(Markup("<del>{}</del>").format(went))
        if came:
            pieces.append(Markup("<ins>{}</ins>").format(came))
    return Markup("").join(pieces)


def _field(page: Page, name: str) -> Field:
    field = page._meta.get_field(name)
    assert isinstance(field, Field)
    return field
