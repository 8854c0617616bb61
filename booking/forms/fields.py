"""Form fields with lenient parsing and GOV.UK error messages."""

import calendar
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from booking.formats import parse_time, plain_text
from booking.forms.widgets import GovukDateInput, GovukDays, GovukRadios, GovukTextInput

MONTHS = [name.lower() for name in calendar.month_name[1:]]


class RadioField(forms.ChoiceField):
    """A question answered with one of a few radios."""

    def __init__(
        self,
        *,
        label: str,
        choices: list[tuple[str, str]],
        missing: str,
        widget: GovukRadios | None = None,
        help_text: str = "",
    ) -> None:
        super().__init__(
            label=label,
            choices=choices,
            widget=widget or GovukRadios(),
            help_text=help_text,
            error_messages={"required": missing, "invalid_choice": missing},
        )


class GovukDateField(forms.MultiValueField):
    """A date from three inputs; months may be names."""

    widget: GovukDateInput

    def __init__(self, *, label: str, help_text: str, missing: str, name: str = "Date") -> None:
        self.name = name
        self.missing = missing
        super().__init__(
            fields=[forms.CharField(required=False) for _ in GovukDateInput.parts],
            label=label,
            help_text=help_text,
            widget=GovukDateInput(),
            required=False,
            require_all_fields=False,
        )

    def clean(self, value: Any) -> date:
        """Return the date, or raise ValidationError and mark the parts in error."""
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        absent = [part for part, text in zip(GovukDateInput.parts, typed, strict=True) if not text]
        if len(absent) == len(typed):
            raise self._error(self.missing, GovukDateInput.parts)
        if absent:
            raise self._error(f"{self.name} must include a {' and '.join(absent)}", tuple(absent))
        day, month, year = typed
        try:
            return date(_year(year), _month(month), _number(day))
        except (ValueError, OverflowError):
            raise self._error(f"{self.name} must be a real date, like 27 3 2027", GovukDateInput.parts) from None

    def refuse(self, message: str) -> ValidationError:
        """Return the error for a real date that is not allowed, and mark all parts."""
        return self._error(message, GovukDateInput.parts)

    def _error(self, message: str, parts: tuple[str, ...]) -> ValidationError:
        self.widget.parts_in_error = parts
        return ValidationError(message)


class GovukTimeField(forms.CharField):
    """A time of day as text (`parse_time`)."""

    def __init__(self, *, label: str, missing: str, name: str) -> None:
        self.name = name
        super().__init__(
            label=label,
            widget=GovukTextInput(govuk_classes="govuk-input--width-5"),
            max_length=20,
            error_messages={"required": missing, "max_length": self._message(name)},
        )

    def to_python(self, value: Any) -> str:
        """Return the text without invisible characters."""
        return plain_text(super().to_python(value) or "").strip()

    def clean(self, value: Any) -> time:
        """Return the time, or raise ValidationError."""
        typed = super().clean(value)
        parsed = parse_time(typed)
        if parsed is None:
            raise ValidationError(self._message(self.name))
        return parsed

    @staticmethod
    def _message(name: str) -> str:
        return f"{name} must be a real time, like 9am or 1:30pm"


class WholeNumberField(forms.CharField):
    """A whole number between `least` and `most`."""

    def __init__(self, *, label: str, least: int, most: int, name: str) -> None:
        self.least, self.most = least, most
        self.out_of_range = f"{name} must be a number between {least} and {most}"
        super().__init__(
            label=label, required=False, widget=GovukTextInput(govuk_classes="govuk-input--width-2"), max_length=20
        )

    def clean(self, value: Any) -> Any:
        """Return the number, None for empty text, or raise ValidationError."""
        typed = plain_text(super().clean(value)).strip()
        if not typed:
            return None
        try:
            number = _number(typed)
        except ValueError:
            raise ValidationError(self.out_of_range) from None
        if not self.least <= number <= self.most:
            raise ValidationError(self.out_of_range)
        return number


class DaysField(forms.MultipleChoiceField):
    """Several days, all selected at first. A draft stores them as one space-separated text."""

    widget = GovukDays

    def __init__(self, *, label: str, help_text: str, days: list[tuple[str, str]], missing: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            choices=days,
            error_messages={"required": missing, "invalid_choice": missing},
        )


class MultilineField(forms.CharField):
    """Multiline text; for its length a line break is one character and invisible ones are none."""

    def to_python(self, value: Any) -> str:
        """Return the normalised text."""
        return plain_text(super().to_python(value) or "")


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()):
        raise ValueError(typed)
    return int(typed)


def _month(typed: str) -> int:
    if typed.isdigit():
        return _number(typed)
    named = [number for number, name in enumerate(MONTHS, 1) if len(typed) >= 3 and name.startswith(typed.lower())]
    return named[0] if named else 0


def _year(typed: str) -> int:
    year = _number(typed)
    if len(typed) != 4:
        raise ValueError(typed)
    return year
