"""One macro shows any bound Django field as its GOV.UK component."""

import re
from typing import Any

import pytest
from django import forms
from django.template import engines

CHOICES = [("red", "Red"), ("blue", "Blue & green")]

FIELDS: dict[str, tuple[forms.Field, Any, str, str]] = {
    "text": (forms.CharField(), "<b>typed</b>", "govuk-input", 'value="&lt;b&gt;typed&lt;/b&gt;"'),
    "email": (forms.EmailField(), "not an email", 'type="email"', 'value="not an email"'),
    "number": (forms.IntegerField(), "0", "govuk-input", 'value="0"'),
    "textarea": (forms.CharField(widget=forms.Textarea), "two\nlines", "govuk-textarea", "two\nlines</textarea>"),
    "select": (forms.ChoiceField(choices=CHOICES), "blue", "govuk-select", '<option value="blue" selected>'),
    "radios": (
        forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect),
        "blue",
        "govuk-radios",
        'value="blue" checked',
    ),
    "checkboxes": (
        forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple),
        ["red"],
        "govuk-checkboxes",
        'value="red" checked',
    ),
    "checkbox": (forms.BooleanField(), "on", "govuk-checkboxes", 'value="on" checked'),
}


def rendered(form: forms.Form) -> str:
    template = """{% from "components/field.html.jinja" import field %}{% from "components/errors.html.jinja" import
        error_summary %}{{ error_summary(form) }}{% for bound in form %}{{ field(bound) }}{% endfor %}"""
    return " ".join(str(engines["jinja2"].from_string(template).render({"form": form})).split(" "))


def form_with(field: forms.Field, data: dict[str, Any]) -> forms.Form:
    field.label, field.help_text = "What is it?", "A hint"
    form = forms.Form(data)
    form.fields["it"] = field
    return form


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_is_shown_as_its_component_with_label_hint_and_the_value_kept(kind: str) -> None:
    field, value, component, kept = FIELDS[kind]
    page = re.sub(r"\s*\n\s*", "\n", rendered(form_with(field, {"it": value})))
    for expected in (component, "What is it?", "A hint", kept):
        assert expected in page


@pytest.mark.parametrize("kind", FIELDS)
def test_an_error_stands_at_the_field_and_in_the_summary_which_links_to_it(kind: str) -> None:
    field, *_ = FIELDS[kind]
    field.error_messages["required"] = "Say what it is"
    page = rendered(form_with(field, {}))
    assert page.count("Say what it is") == 2
    assert 'href="#id_it"' in page
    assert len(re.findall(r'id="id_it"', page)) == 1
