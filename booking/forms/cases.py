"""The search form of *Your cases*."""

import re

from django import forms

from booking.formats import plain_text
from booking.forms.widgets import GovukTextInput
from delius.selectors import CaseSort

CRN = re.compile(r"[A-Za-z][0-9]{6}")
BY_NAME = "name"
ORDERS = {
    BY_NAME: ("Name", CaseSort.NAME),
    "crn": ("CRN", CaseSort.CRN),
    "days-left": ("Fewest RAR days left", CaseSort.RAR_DAYS_LEFT),
    "next-appointment": ("Next appointment", CaseSort.NEXT_APPOINTMENT),
}


class FindForm(forms.Form):
    """Search text and sort order."""

    find = forms.CharField(
        label="Find a person by name or CRN",
        required=False,
        max_length=100,
        widget=GovukTextInput(govuk_classes="govuk-input--width-20"),
        error_messages={"max_length": "Name or CRN must be 100 characters or fewer"},
    )
    order = forms.ChoiceField(
        label="Sort by", required=False, choices=[(order, label) for order, (label, _) in ORDERS.items()]
    )

    def clean_find(self) -> str:
        """Return the text without invisible characters."""
        return plain_text(self.cleaned_data["find"]).strip()

    def clean_order(self) -> str:
        """Return the order, by default by name."""
        return self.cleaned_data["order"] or BY_NAME

    @property
    def words(self) -> str:
        """The search text of a validated form; empty for everybody, and where it is invalid."""
        return str(self.cleaned_data.get("find", ""))

    @property
    def chosen_order(self) -> str:
        """The order of a validated form; by name where it is invalid."""
        return str(self.cleaned_data.get("order", BY_NAME))

    @property
    def sort(self) -> CaseSort:
        """The order as Delius's parameter."""
        return ORDERS[self.chosen_order][1]

    @property
    def crn(self) -> str:
        """The search text in capitals where it is a CRN; empty otherwise."""
        return self.words.upper() if CRN.fullmatch(self.words) else ""
