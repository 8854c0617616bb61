"""Form fields with lenient parsing and GOV.UK error messages."""

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import BaseChoiceIterator

from govuk.formats import parse_time
from govuk.lengths import MaxLengthInDelius
from govuk.widgets import GovukDateInput, GovukDays, GovukRadios, GovukTextarea, GovukTextInput

MONTHS = [name.lower() for name in calendar.month_name[1:]]


class Pairs(BaseChoiceIterator):
    """Choices that are pairs of value and label already, and stay so.

    Django looks at each of any others four times, and copies them with every form.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __deepcopy__(self, memo: object) -> "Pairs":
        return self


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
            choices=Pairs(choices),
            widget=widget or GovukRadios(),
            help_text=help_text,
            error_messages={"required": missing, "invalid_choice": missing},
        )


class GovukDateField(forms.Field):
    """A date from three inputs; months may be names."""

    widget: GovukDateInput

    def __init__(self, *, label: str, help_text: str, missing: str, name: str = "Date") -> None:
        self.name = name
        self.missing = missing
        super().__init__(label=label, help_text=help_text, widget=GovukDateInput(), required=False)

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
            return date(_year(year), _month(month), _day(day))
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

    def __init__(self, *, label: str, help_text: str, missing: str, name: str) -> None:
        self.name = name
        super().__init__(
            label=label,
            help_text=help_text,
            widget=GovukTextInput(govuk_classes="govuk-input--width-5"),
            max_length=20,
            error_messages={"required": missing, "max_length": self._message(name)},
        )

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
        typed = super().clean(value)
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
    """Text of several lines, of at most `most` characters as Delius and the page count them (govuk/lengths.py).

    `name` is how its errors call it, such as *Appointment notes*; `missing` what is said where it has to be entered,
    empty for text that need not be.
    """

    def __init__(self, *, label: str, name: str, most: int, help_text: str = "", missing: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=bool(missing),
            widget=GovukTextarea(most=most),
            validators=[MaxLengthInDelius(most, name=name)],
            error_messages={"required": missing},
        )


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()):
        raise ValueError(typed)
    return int(typed)


def _day(typed: str) -> int:
    return _number(re.sub(r"(?i)(?<=\d)(st|nd|rd|th)$", "", typed))


def _month(typed: str) -> int:
    if typed.isdigit():
        return _number(typed)
    begins = typed.lower().removesuffix(".")
    named = [number for number, name in enumerate(MONTHS, 1) if len(begins) >= 3 and name.startswith(begins)]
    return named[0] if named else 0


def _year(typed: str) -> int:
    year = _number(typed)
    if len(typed) != 4:
        raise ValueError(typed)
    return year
