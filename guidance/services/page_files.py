"""The file format of a page: facts in YAML front matter, prose under the structure's headings.

Every key and heading is present and in a fixed order, so that the format is deterministic.
"""

import re
from datetime import date, datetime
from typing import Any, TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.db import models

from guidance.models import Page

Kind = TypeVar("Kind", bound=Page)

_FENCE = "---\n"
_FENCE_LINE = re.compile(r"^---\n", flags=re.MULTILINE)
_NO_WRAPPING = 10**9


class InvalidPageFile(ValueError):
    """A file is not a valid page. The message says what to correct."""


class _Dumper(yaml.SafeDumper):
    """YAML dumper that writes empty text as double quotes."""


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text else '"')
)


class _Loader(yaml.SafeLoader):
    """YAML loader that refuses duplicate keys."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    names = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InvalidPageFile(f"Have {name} once: it is there twice")
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def to_file(page: Page) -> str:
    """Return a page's draft as the text of a file."""
    content = page.content()
    prose = {section.field for section in page.sections}
    facts = {name: _fact(page, name, value) for name, value in content.items() if name not in prose}
    front = yaml.dump(facts, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NO_WRAPPING)
    parts = [
        f"## {section.heading}\n" + (f"\n{content[section.field]}\n" if content[section.field] else "")
        for section in page.sections
    ]
    return _FENCE + front + _FENCE + "\n" + "\n".join(parts)


def from_file(text: str, kind: type[Kind]) -> Kind:
    """Return the page of a file, not saved and not validated. Raises InvalidPageFile."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    fences = _FENCE_LINE.split(text, maxsplit=2)
    if len(fences) < 3 or fences[0]:
        raise InvalidPageFile("Start the file with ---, the facts, and --- again")
    facts = _facts(fences[1], kind)
    prose = _prose(fences[2], kind)
    try:
        page = kind.from_content(facts | prose)
    except ValidationError as error:
        raise InvalidPageFile(" ".join(error.messages)) from error
    page.clean_content()
    return page


def _fact(page: Page, name: str, value: Any) -> Any:
    """Return a fact as a YAML value: dates are not quoted."""
    stored = getattr(page, name)
    return stored if isinstance(stored, date) else value


def _facts(front: str, kind: type[Page]) -> dict[str, Any]:
    try:
        facts = yaml.load(front, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except InvalidPageFile:
        raise
    # YAML reads 2026-13-01 as a date, and then finds that there is no such day.
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise InvalidPageFile(f"The facts are not YAML: {error}") from error
    if not isinstance(facts, dict):
        raise InvalidPageFile("Write the facts as one name and value on each line")
    prose = {section.field for section in kind.sections}
    expected = [name for name in kind.content_fields() if name not in prose]
    unknown = [str(name) for name in facts if name not in expected]
    missing = [name for name in expected if name not in facts]
    if unknown:
        raise InvalidPageFile(f"Take out what guidance does not have: {', '.join(unknown)}")
    if missing:
        raise InvalidPageFile(f"Add what is missing: {', '.join(missing)}")
    return {name: _read(name, facts[name], kind) for name in expected}


def _read(name: str, value: Any, kind: type[Page]) -> Any:
    """Return a fact's value. Raises InvalidPageFile for a value of the wrong YAML type."""
    field = kind._meta.get_field(name)
    if isinstance(field, models.JSONField):
        if value is None:
            return []
        if not isinstance(value, list):
            raise InvalidPageFile(f"Write {name} as a list, with - before each")
        if not all(isinstance(each, str) for each in value):
            raise InvalidPageFile(f"Put quotes around what is not a word in {name}")
    elif isinstance(field, models.CharField):
        if value is None:
            return ""
        if not isinstance(value, str):
            raise InvalidPageFile(f"Put quotes around {name}, or YAML reads it as something else than text")
    elif isinstance(field, models.BooleanField):
        if not isinstance(value, bool):
            raise InvalidPageFile(f"Write {name} as true or false")
    elif isinstance(field, models.DateField):
        if value is not None and (isinstance(value, datetime) or not isinstance(value, date | str)):
            raise InvalidPageFile(f"Write {name} as a date, like 2026-03-27")
        return value or None
    elif value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidPageFile(f"Write {name} as a whole number, or null")
    return value


def _prose(body: str, kind: type[Page]) -> dict[str, str]:
    pieces = re.split(r"^## (.+)\n", body if body.endswith("\n") else f"{body}\n", flags=re.MULTILINE)
    if pieces[0].strip():
        raise InvalidPageFile("Put all text under one of the headings")
    fields = {section.heading: section.field for section in kind.sections}
    headings, texts = [heading.rstrip() for heading in pieces[1::2]], pieces[2::2]
    if headings != list(fields):
        raise InvalidPageFile(f"Have these headings, in this order: {', '.join(fields)}")
    return {fields[heading]: text for heading, text in zip(headings, texts, strict=True)}
