"""GOV.UK's macros, each rendered once in a process for each shape of its parameters.

The shape is everything but the texts, values and addresses, which may be personal data. These are put into the HTML of
the shape, escaped as the macro escapes them: the HTML is the macro's, to the byte.
"""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, Undefined
from markupsafe import Markup, escape

COMPONENTS = {
    "back-link": "govukBackLink",
    "breadcrumbs": "govukBreadcrumbs",
    "button": "govukButton",
    "character-count": "govukCharacterCount",
    "checkboxes": "govukCheckboxes",
    "date-input": "govukDateInput",
    "error-summary": "govukErrorSummary",
    "input": "govukInput",
    "pagination": "govukPagination",
    "radios": "govukRadios",
    "select": "govukSelect",
    "tag": "govukTag",
    "textarea": "govukTextarea",
}
# The parameters that are no part of a shape.
FILLED_IN = frozenset({"text", "value", "href"})
MAX_SHAPES = 512
# What stands for a text in a shape: characters of a private use, which are not printable.
FIRST_MARK = 0xE000
MARK = re.compile("([\ue000-\uf8ff])")


class _Unusual(Exception):
    """Parameters that are left to the macro."""


def keep_shapes(env: Environment) -> None:
    """Have templates that import one of COMPONENTS get it with its shapes kept."""
    for name, macro in COMPONENTS.items():
        module: Any = env.get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module
        setattr(module, macro, _with_shapes(getattr(module, macro)))


def _with_shapes(macro: Callable[[Any], str]) -> Callable[[Any], str]:
    # By shape: the parts of the HTML, and between them the number of the text that goes there.
    shapes: dict[Any, list[str | int]] = {}

    def component(params: Any) -> str:
        marks: dict[str, str] = {}
        try:
            shape = _shape(params, marks)
        except _Unusual:
            return macro(params)
        if (parts := shapes.get(shape)) is None:
            if len(shapes) >= MAX_SHAPES:
                shapes.clear()
            html = MARK.split(macro(_params(shape)))
            parts = shapes[shape] = [ord(part) - FIRST_MARK if n % 2 else part for n, part in enumerate(html)]
        texts = [escape(text) for text in marks]
        filled = "".join([texts[part] if isinstance(part, int) else part for part in parts])
        return Markup(filled)  # noqa: S704 - the macro's HTML, and text that is escaped

    return component


def _shape(value: Any, marks: dict[str, str], *, is_text: bool = False) -> Any:
    """Return parameters with a mark for each text, in a form to find them by; `marks` gets the mark of each text."""
    kind = type(value)
    if kind is str:
        if not is_text or not value:
            return value
        if value.isprintable() and value[0] != " " and value[-1] != " ":
            return marks.setdefault(value, chr(FIRST_MARK + len(marks)))
    elif kind is dict:
        return "dict", *[(name, _shape(each, marks, is_text=name in FILLED_IN)) for name, each in value.items()]
    elif kind is list:
        return "list", *[_shape(each, marks) for each in value]
    elif kind is int:
        return "int", value
    elif value is None or kind is bool or isinstance(value, Undefined):
        return value
    raise _Unusual


def _params(shape: Any) -> Any:
    match shape:
        case ("dict", *pairs):
            return {name: _params(value) for name, value in pairs}
        case ("list", *items):
            return [_params(each) for each in items]
        case ("int", number):
            return number
    return shape
