"""The form of *Journeys in numbers*."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import timezone

from govuk.forms import CleansText

DAYS = 28


def last_four_weeks() -> dict[str, date]:
    """Return the default period, which ends today."""
    today = timezone.localdate()
    return {"first": today - timedelta(days=DAYS - 1), "last": today}


class PeriodForm(CleansText, forms.Form):
    """The first and the last day, both included."""

    first = forms.DateField(
        label="From",
        widget=AdminDateWidget(),
        error_messages={
            "required": "Enter the first day",
            "invalid": "First day must be a real date, like 27/3/2026",
        },
    )
    last = forms.DateField(
        label="To",
        widget=AdminDateWidget(),
        error_messages={
            "required": "Enter the last day",
            "invalid": "Last day must be a real date, like 27/3/2026",
        },
    )

    def clean(self) -> dict[str, Any]:
        """Check the order of the days."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must be the same as or after the first day")
        return cleaned
