"""Presenter of the comparison of toolkits."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from guidance.models import ToolkitGuidance
from guidance.presenters.facts import TOOLKIT_ROWS
from guidance.text.markdown import render
from guidance.text.structure import NOT_RECORDED, TOOLKIT_SECTIONS


@dataclass(frozen=True)
class ComparedRow:
    """A field, its value for each toolkit, and whether these differ."""

    label: str
    values: list[Markup]
    differs: bool


def comparison_rows(pages: Sequence[ToolkitGuidance]) -> list[ComparedRow]:
    """Return a row for each field: the summary, the facts, then the prose."""
    summary = ComparedRow("Summary", [_or_not_recorded(page.summary) for page in pages], differs=True)
    facts = [_fact(label, [value(page) for page in pages]) for label, value in TOOLKIT_ROWS]
    prose = [_prose(section.heading, [getattr(page, section.field) for page in pages]) for section in TOOLKIT_SECTIONS]
    return [summary, *facts, *prose]


def _fact(label: str, values: list[str]) -> ComparedRow:
    return ComparedRow(label, [_or_not_recorded(value) for value in values], differs=len(set(values)) > 1)


def _prose(label: str, texts: list[str]) -> ComparedRow:
    values = [render(text, top_level=4) if text else _or_not_recorded("") for text in texts]
    return ComparedRow(label, values, differs=len(set(texts)) > 1)


def _or_not_recorded(value: str) -> Markup:
    return escape(value or NOT_RECORDED)
