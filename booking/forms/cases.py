"""Finding people on *Your cases*."""

import re

from django import forms

from booking.case_list import BY_NAME, ORDERS
from booking.formats import plain_text
from booking.forms.widgets import GovukTextInput

CRN = re.compile(r"[A-Za-z][0-9]{6}")


class FindForm(forms.Form):
    """Whom to show, and in which order."""

    find = forms.CharField(
        label="Find a person by name or CRN",
        required=False,
        max_length=100,
        widget=GovukTextInput(govuk_classes="govuk-input--width-20"),
        error_messages={"max_length": "Name or CRN must be 100 characters or fewer"},
    )
    order = forms.ChoiceField(label="Sort by", required=False, choices=list(ORDERS.items()))

    def clean_find(self) -> str:
        """Return what was typed without what nobody sees."""
        return plain_text(self.cleaned_data["find"]).strip()

    def clean_order(self) -> str:
        """Return an order, by name unless another was chosen."""
        return self.cleaned_data["order"] or BY_NAME

    @property
    def crn(self) -> str:
        """The CRN that was typed, in capitals; empty where something else was."""
        typed = str(self.cleaned_data.get("find", ""))
        return typed.upper() if CRN.fullmatch(typed) else ""
