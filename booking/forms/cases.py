"""Finding people on *Your cases*."""

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
    """Whom to show, and in which order."""

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
        """Return what was typed without what nobody sees."""
        return plain_text(self.cleaned_data["find"]).strip()

    def clean_order(self) -> str:
        """Return an order, by name unless another was chosen."""
        return self.cleaned_data["order"] or BY_NAME

    @property
    def words(self) -> str:
        """What is looked for; empty for everybody, and where what was typed is refused. The form has been checked."""
        return str(self.cleaned_data.get("find", ""))

    @property
    def chosen_order(self) -> str:
        """The order to use; by name where one was asked for that does not exist. The form has been checked."""
        return str(self.cleaned_data.get("order", BY_NAME))

    @property
    def sort(self) -> CaseSort:
        """That order, as Delius knows it."""
        return ORDERS[self.chosen_order][1]

    @property
    def crn(self) -> str:
        """The CRN that was typed, in capitals; empty where something else was."""
        return self.words.upper() if CRN.fullmatch(self.words) else ""
