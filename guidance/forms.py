"""What readers of guidance choose and type. Everything is read from the address, and what cannot be is ignored."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from guidance.filters import Wanted, terms
from guidance.models import Gender, ToolkitGuidance

MOST_COMPARED = 4
ANY = [("", "Any")]


class FilterForm(forms.Form):
    """Which toolkits to show."""

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
        # An address that somebody kept may name what no page has any more.
        self.data = {
            name: value
            for name, value in self.data.items()
            if name == "age" or value in dict(self.fields[name].choices)  # type: ignore[attr-defined]
        }
        age = self.fields["age"].widget
        age.input_type = "text"
        age.govuk_classes = "govuk-input--width-2"

    def wanted(self) -> Wanted:
        """Return what was chosen, once the form has been checked. What is wrong counts as any."""
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value not in ("", None)})

    @property
    def is_used(self) -> bool:
        """Whether anything was chosen."""
        return any(self.data.values())


class CompareForm(forms.Form):
    """Which toolkits to see side by side."""

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
        """Refuse one toolkit alone, and more than fit beside each other."""
        chosen: list[str] = self.cleaned_data["toolkits"]
        if not 2 <= len(chosen) <= MOST_COMPARED:
            raise forms.ValidationError("Select 2 to 4 toolkits to compare")
        return chosen


class SearchForm(forms.Form):
    """What to search for."""

    words = forms.CharField(
        label="Search guidance",
        max_length=200,
        strip=True,
        error_messages={
            "required": "Enter what you are looking for",
            "max_length": "Search must be 200 characters or fewer",
        },
    )


class FeedbackForm(forms.Form):
    """Whether a page is useful."""

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
