"""The environment of all pages: what it does to be fast changes no page."""

import pytest
from django.template import engines
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader

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
