"""The environment of all pages: what it does to be fast changes no page."""

import inspect
from typing import Any

import pytest
from django.template import engines
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from rarbooking.web.components import keep_shapes

PACKAGE = "govuk_frontend_jinja/components"
ITEMS = (
    '[{"value": "a", "text": "A & B", "hint": {"text": "Hint"}, "attributes": {"data-a": "1"}}, '
    '{"divider": "or"}, {"value": "b", "text": "B", "checked": true}]'
)
COMPONENTS = {
    "button": ("govukButton", '{"text": "Continue", "preventDoubleClick": true, "attributes": {"form": "a"}}'),
    "button, plain": ("govukButton", '{"text": "Continue"}'),
    "radios": (
        "govukRadios",
        '{"idPrefix": "x", "name": "x", "fieldset": {"legend": {"text": "X?", "isPageHeading": true}}, '
        f'"errorMessage": {{"text": "Select"}}, "items": {ITEMS}}}',
    ),
    "select": ("govukSelect", f'{{"id": "x", "name": "x", "label": {{"text": "X"}}, "items": {ITEMS}}}'),
    "input": ("govukInput", '{"id": "x", "name": "x", "label": {"text": "X"}, "value": "<b>", "attributes": {}}'),
    "date-input": ("govukDateInput", '{"id": "x", "items": [{"name": "day", "value": "1", "attributes": none}]}'),
    "character-count": ("govukCharacterCount", '{"id": "x", "name": "x", "label": {"text": "X"}, "maxlength": 4000}'),
    "textarea": (
        "govukTextarea",
        '{"id": "x", "name": "x", "label": {"text": "X"}, "value": "two\\nlines", "rows": 8}',
    ),
    "checkboxes": ("govukCheckboxes", f'{{"idPrefix": "x", "name": "x", "items": {ITEMS}}}'),
    "error-summary": ("govukErrorSummary", '{"titleText": "T", "errorList": [{"text": "A & B", "href": "#x"}]}'),
    "back-link": ("govukBackLink", '{"href": "/?a=1&b=2"}'),
    "breadcrumbs": ("govukBreadcrumbs", '{"items": [{"text": "Home", "href": "/"}, {"text": "Here"}]}'),
    "pagination": ("govukPagination", '{"items": [{"number": 1, "href": "/?page=1", "current": true}]}'),
    "tag": ("govukTag", '{"text": "Tag", "classes": "govuk-tag--grey"}'),
    "footer": ("govukFooter", '{"meta": {"items": [{"href": "/", "text": "Home"}]}}'),
}


@pytest.fixture
def of_the_package() -> Environment:
    return Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )


@pytest.mark.parametrize("case", COMPONENTS)
def test_a_component_is_the_packages_to_the_byte(case: str, of_the_package: Environment) -> None:
    macro, arguments = COMPONENTS[case]
    folder = case.partition(",")[0]
    template = f'{{% from "{PACKAGE}/{folder}/macro.html" import {macro} %}}{{{{ {macro}({arguments}) }}}}'
    shown = [env.from_string(template).render() for env in (engines["jinja2"].env, of_the_package)]
    assert shown[0] == shown[1]
    assert "govuk-" in shown[0]


@pytest.mark.parametrize(
    "text",
    [
        "Another",
        "<b>&amp;</b>",
        "two\n  lines",
        " spaced ",
        "\ue000\ue001",
        "y",
        "",
        None,
        0,
        1,
        True,
        Markup("<i>html</i>"),
    ],
)
@pytest.mark.parametrize(
    ("folder", "macro", "arguments"),
    [
        ("button", "govukButton", '{"text": text, "value": text, "href": ""}'),
        ("input", "govukInput", '{"id": "x", "name": "x", "label": {"text": text}, "value": text}'),
        ("textarea", "govukTextarea", '{"id": "x", "name": "x", "label": {"text": "X"}, "value": text}'),
        ("date-input", "govukDateInput", '{"id": "x", "items": [{"name": "day", "value": text}, {"name": "y"}]}'),
        (
            "radios",
            "govukRadios",
            '{"idPrefix": "x", "name": "x", "value": text, "hint": {"text": text}, '
            '"items": [{"value": text, "text": text, "checked": none}, {"value": "y", "text": "Y"}]}',
        ),
        (
            "select",
            "govukSelect",
            '{"id": "x", "name": "x", "label": {"text": "X"}, "value": text, '
            '"items": [{"value": "y", "text": text}, {"value": text, "text": "Y"}]}',
        ),
    ],
)
def test_a_component_is_the_packages_whatever_its_texts(
    folder: str, macro: str, arguments: str, text: object, of_the_package: Environment
) -> None:
    template = f'{{% from "{PACKAGE}/{folder}/macro.html" import {macro} %}}{{{{ {macro}({arguments}) }}}}'
    before, after = (engines["jinja2"].env.from_string(template).render(text=each) for each in ("A text", text))
    assert before == of_the_package.from_string(template).render(text="A text")
    assert after == of_the_package.from_string(template).render(text=text)


def test_a_component_keeps_nothing_of_its_texts() -> None:
    env = Environment(loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}))
    keep_shapes(env)
    module: Any = env.get_template(f"{PACKAGE}/tag/macro.html").module
    component = module.govukTag
    assert "Somebody" in component({"text": "Somebody"})
    assert "Else" in component({"text": "Else"})
    shapes = inspect.getclosurevars(component).nonlocals["shapes"]
    assert len(shapes) == 1
    assert "Somebody" not in repr(shapes)


def test_a_fragment_is_rendered_once_for_the_same_arguments_and_anew_for_others() -> None:
    fragment = engines["jinja2"].env.globals["fragment"]
    footer = "components/footer.html.jinja"
    first = fragment(footer, support_email="a@example.com", is_signed_in=True)
    assert fragment(footer, support_email="a@example.com", is_signed_in=True) is first
    other = fragment(footer, support_email="<b>@example.com", is_signed_in=False)
    assert "a@example.com" in first
    assert "&lt;b&gt;@example.com" in other
    assert "Where you are signed in" in first
    assert "Where you are signed in" not in other
