"""Differences between two states of a row, by field and by word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Field, Model
from markupsafe import Markup, escape

NOTHING = "Empty"
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Difference:
    """A field that differs: both values, and an inline diff."""

    label: str
    before: str
    after: str
    marked: Markup


def differences(
    row: Model, before: Mapping[str, Any], after: Mapping[str, Any], *, labels: Mapping[str, str]
) -> list[Difference]:
    """Return the differences between two contents of a row, in the order of `labels`, which are by field."""
    found = []
    for name, label in labels.items():
        if name not in before or name not in after:
            continue
        old, new = format_value(row, name, before[name]), format_value(row, name, after[name])
        if old != new:
            found.append(Difference(label, old or NOTHING, new or NOTHING, inline_diff(old, new)))
    return found


def format_value(row: Model, name: str, value: Any) -> str:
    """Return a field's value as text; empty for no value."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    field = row._meta.get_field(name)
    assert isinstance(field, Field)
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
