"""Error messages of form fields in plain words, that name the field as its label does."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# What people may type, by the kind of field, for Django's own message of the code `invalid`.
KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.IntegerField, "{} must be a whole number, like 8"),
    (forms.DateField, "{} must be a real date, like 2026-10-04"),
)


def use_plain_messages(fields: Iterable[forms.Field]) -> None:
    """Replace Django's messages of fields, also of the models behind them, where they have none of their own."""
    for field in fields:
        if field.label:
            defaults = {code: text for kind in reversed(type(field).__mro__) for code, text in _defaults(kind).items()}
            own = {code: text for code, text in field.error_messages.items() if text != defaults.get(code)}
            field.error_messages |= _messages(field, str(field.label)) | own


def _messages(field: forms.Field, label: str) -> dict[str, Any]:
    small = label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"
    verb = "Choose" if isinstance(field, forms.ChoiceField) else "Enter"
    found = {
        "required": f"{verb} the {small}",
        "min_value": f"{label} must be %(limit_value)s or more",
        "max_value": f"{label} must be %(limit_value)s or fewer",
    }
    for kind, message in KINDS:
        if isinstance(field, kind):
            found["invalid"] = message.format(label)
    longest = getattr(field, "max_length", None)
    return found | ({"max_length": f"{label} must be {longest:,} characters or fewer"} if longest else {})


def _defaults(kind: type) -> dict[str, Any]:
    return kind.__dict__.get("default_error_messages", {})


class LocalDateTimeField(forms.SplitDateTimeField):
    """A date and a time in the UK. It says what to do about a time that the clocks leave out or have twice."""

    def compress(self, data_list: tuple[date, time] | None) -> datetime | None:
        """Return the moment. Raises ValidationError."""
        try:
            return super().compress(data_list)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not data_list:
                raise
            day = data_list[0]
            raise ValidationError(
                f"The clocks change between 1am and 2am on {day.day} {day:%B} {day.year}: enter a time before or after",
                code=error.code,
            ) from error
