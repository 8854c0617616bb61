"""Forms of readers of guidance. Most are bound to query parameters; invalid ones are ignored."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from govuk.forms import CleansText
from guidance.filters import Criteria, terms
from guidance.models import Gender, ToolkitGuidance

MAX_COMPARED = 4
ANY = [("", "Any")]


class FilterForm(CleansText, forms.Form):
    """The filter of toolkits."""

    gender = forms.ChoiceField(label="Gender", required=False, choices=[*ANY, *Gender.choices])
    age = forms.IntegerField(
        label="Age",
        required=False,
        min_value=10,
        max_value=120,
        error_messages={
            "invalid": "Age must be a number, like 25",
            "min_value": "Age must be 10 or more",
            "max_value": "Age must be 120 or less",
        },
    )
    offence_type = forms.ChoiceField(label="Offence type", required=False)
    setting = forms.ChoiceField(label="Setting", required=False)
    need = forms.ChoiceField(label="Need", required=False)

    def __init__(self, data: Any, *, pages: Sequence[ToolkitGuidance]) -> None:
        super().__init__({name: data.get(name, "").strip() for name in self.base_fields})
        for name, field in (("offence_type", "offence_types"), ("setting", "settings"), ("need", "needs")):
            choices = [(term, term) for term in terms(pages, field)]
            self.fields[name].choices = [*ANY, *choices]  # type: ignore[attr-defined]
        # A bookmarked URL may have choices that no longer exist.
        self.data = {
            name: value
            for name, value in self.data.items()
            if name == "age" or value in dict(self.fields[name].choices)  # type: ignore[attr-defined]
        }
        age = self.fields["age"].widget
        age.input_type = "text"
        age.govuk_classes = "govuk-input--width-2"

    def criteria(self) -> Criteria:
        """Return the filter criteria of a validated form, without invalid values."""
        return Criteria(**{name: value for name, value in self.cleaned_data.items() if value not in ("", None)})

    @property
    def is_used(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.values())


class CompareForm(CleansText, forms.Form):
    """The toolkits to compare."""

    toolkits = forms.MultipleChoiceField(
        label="Toolkits to compare",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select 2 to 4 toolkits to compare", "invalid_choice": "Select from the list"},
    )

    def __init__(self, data: Any, *, pages: Iterable[ToolkitGuidance]) -> None:
        choices = [(page.slug, page.title) for page in pages]
        known = dict(choices)
        super().__init__({"toolkits": [slug for slug in dict.fromkeys(data.getlist("toolkits")) if slug in known]})
        self.fields["toolkits"].choices = choices  # type: ignore[attr-defined]

    def clean_toolkits(self) -> list[str]:
        """Require 2 to MAX_COMPARED toolkits."""
        chosen: list[str] = self.cleaned_data["toolkits"]
        if not 2 <= len(chosen) <= MAX_COMPARED:
            raise forms.ValidationError("Select 2 to 4 toolkits to compare")
        return chosen


class SearchForm(CleansText, forms.Form):
    """The search text."""

    words = forms.CharField(
        label="Search guidance",
        max_length=200,
        strip=True,
        error_messages={
            "required": "Enter what you are looking for",
            "max_length": "Search must be 200 characters or fewer",
        },
    )


class FeedbackForm(CleansText, forms.Form):
    """Feedback on a page."""

    page = forms.CharField(max_length=120, widget=forms.HiddenInput)
    useful = forms.ChoiceField(
        label="Is this page useful?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes if this page is useful"},
    )
    comment = forms.CharField(
        label="How could it be better? (optional)",
        help_text="Do not include personal information, like a name or a CRN.",
        required=False,
        max_length=1200,
        widget=forms.Textarea,
        error_messages={"max_length": "Your comment must be 1,200 characters or fewer"},
    )
