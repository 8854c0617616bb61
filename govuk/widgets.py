"""Widgets rendered as GOV.UK components (templates/components/field.html.jinja)."""

from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField


class GovukWidget:
    """The interface of a widget for the field macro and the error summary."""

    govuk_component: ClassVar[str] = "input"
    govuk_classes: str = ""

    def error_target(self, bound: BoundField) -> str:
        """Return the id of the input that an error in the summary links to."""
        return str(bound.auto_id)


class GovukTextInput(GovukWidget, forms.TextInput):
    """One line of text."""

    def __init__(self, *, govuk_classes: str = "", attrs: dict[str, Any] | None = None) -> None:
        self.govuk_classes = govuk_classes
        super().__init__(attrs=attrs)


class GovukTextarea(GovukWidget, forms.Textarea):
    """Several lines of text with a count of the characters left of `most`, in UTF-16 units."""

    govuk_component = "character-count"

    def __init__(self, *, most: int) -> None:
        self.most = most
        super().__init__()


class GovukRadios(GovukWidget, forms.RadioSelect):
    """Radios. `hints` holds a hint for a value; "or" is printed before each value of `dividers_before`."""

    govuk_component = "radios"

    def __init__(self, *, hints: dict[str, str] | None = None, dividers_before: tuple[str, ...] = ()) -> None:
        self.hints = hints or {}
        self.dividers_before = dividers_before
        super().__init__()

    def items(self, chosen: str | None) -> list[dict[str, Any]]:
        """Return the items of the radios macro, the chosen one checked."""
        rows: list[dict[str, Any]] = []
        for value, label in self.choices:
            if value in self.dividers_before:
                rows.append({"divider": "or"})
            hint = {"text": self.hints[value]} if value in self.hints else None
            rows.append({"value": value, "text": str(label), "checked": value == chosen, "hint": hint})
        return rows


class GovukAutocomplete(GovukWidget, forms.Select):
    """A select that a script enhances to an accessible autocomplete (rarbooking/product.js)."""

    govuk_component = "autocomplete"


class GovukDays(GovukWidget, forms.CheckboxSelectMultiple):
    """Checkboxes of days: a list in a POST, one space-separated text in a draft."""

    govuk_component = "checkboxes"
    inline = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the selected days."""
        sent = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return " ".join(sent).split()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether no day is selected."""
        return not self.value_from_datadict(data, files, name)


class GovukDateInput(GovukWidget, forms.Widget):
    """Day, month and year in three inputs."""

    govuk_component = "date"
    parts = ("day", "month", "year")

    def __init__(self) -> None:
        super().__init__()
        self.parts_in_error: tuple[str, ...] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return the three parts as they were typed."""
        return [data.get(f"{name}_{part}") for part in self.parts]

    def items(self, bound: BoundField) -> list[dict[str, Any]]:
        """Return the items of the date-input macro, with the values and the parts in error marked."""
        value = bound.value()
        values = value if isinstance(value, list) else [getattr(value, part, None) for part in self.parts]
        return [
            {
                "name": f"{bound.html_name}_{part}",
                "id": f"{bound.auto_id}_{part}",
                "label": part.capitalize(),
                "value": "" if typed is None else typed,
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
                + (" govuk-input--error" if bound.errors and part in self.parts_in_error else ""),
            }
            for part, typed in zip(self.parts, values, strict=True)
        ]

    def error_target(self, bound: BoundField) -> str:
        """Return the id of the first part in error."""
        first = next((part for part in self.parts if part in self.parts_in_error), "day")
        return f"{bound.auto_id}_{first}"
