"""The base of forms that take text."""

from typing import Any

from django import forms

from govuk.text_cleaning import clean_line, clean_text


class CleansText(forms.BaseForm):
    """A form whose text is cleaned as it comes in (govuk/text_cleaning.py), before it is validated or shown again.

    Text of a textarea keeps its lines; other text is one line. Passwords are left as they are.
    """

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]
        if isinstance(widget, forms.PasswordInput):
            return value
        return _cleaned(value, clean_text if isinstance(widget, forms.Textarea) else clean_line)


def _cleaned(value: Any, clean: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return [_cleaned(each, clean) for each in value] if isinstance(value, list) else value
