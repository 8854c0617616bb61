"""The search form of *Your cases*."""

from django import forms

from delius.selectors import CaseScope, CasesOnly, CaseSort
from govuk.crns import crn_in
from govuk.fields import Pairs
from govuk.forms import CleansText
from govuk.widgets import GovukTextInput

BY_NAME = "name"
ORDERS = {
    BY_NAME: ("Name", CaseSort.NAME),
    "crn": ("CRN", CaseSort.CRN),
    "days-left": ("Fewest RAR days left", CaseSort.RAR_DAYS_LEFT),
    "next-appointment": ("Next appointment", CaseSort.NEXT_APPOINTMENT),
}
EVERYBODY = "everybody"
FILTERS: dict[str, tuple[str, CasesOnly | None]] = {
    EVERYBODY: ("Everybody", None),
    "outcomes": ("With outcomes to record", CasesOnly.OUTCOMES_TO_RECORD),
    "at-risk": ("With RAR days at risk", CasesOnly.RAR_DAYS_AT_RISK),
}
OWN = "own"
SCOPES = {OWN: ("Your cases", CaseScope.USER), "teams": ("Your teams’ cases", CaseScope.TEAMS)}
# What each choice is where nothing is chosen.
DEFAULTS = {"order": BY_NAME, "show": EVERYBODY, "whose": OWN}


class FindForm(CleansText, forms.Form):
    """Search text, sort order, and which cases of whom."""

    find = forms.CharField(
        label="Find a person by name or CRN",
        required=False,
        max_length=100,
        widget=GovukTextInput(govuk_classes="govuk-input--width-20"),
        error_messages={"max_length": "Name or CRN must be 100 characters or fewer"},
    )
    whose = forms.ChoiceField(
        label="Whose cases", required=False, choices=Pairs([(whose, label) for whose, (label, _) in SCOPES.items()])
    )
    show = forms.ChoiceField(
        label="Who to show", required=False, choices=Pairs([(show, label) for show, (label, _) in FILTERS.items()])
    )
    order = forms.ChoiceField(
        label="Sort by", required=False, choices=Pairs([(order, label) for order, (label, _) in ORDERS.items()])
    )

    def clean_find(self) -> str:
        """Return the text, or the CRN in it alone, which the search finds only as it is in Delius."""
        typed = str(self.cleaned_data["find"])
        return crn_in(typed) or typed

    @property
    def words(self) -> str:
        """The search text of a validated form; empty for everybody, and where it is invalid."""
        return str(self.cleaned_data.get("find", ""))

    def chosen(self, name: str) -> str:
        """Return a choice of a validated form; the default where nothing is chosen or it is invalid."""
        return str(self.cleaned_data.get(name) or DEFAULTS[name])

    @property
    def query(self) -> dict[str, str]:
        """The choices that are not the default, as query parameters."""
        chosen = {name: self.chosen(name) for name in DEFAULTS}
        return {name: value for name, value in chosen.items() if value != DEFAULTS[name]}

    @property
    def sort(self) -> CaseSort:
        """The order as Delius's parameter."""
        return ORDERS[self.chosen("order")][1]

    @property
    def only(self) -> CasesOnly | None:
        """The cases to show alone, as Delius's parameter; None for everybody."""
        return FILTERS[self.chosen("show")][1]

    @property
    def scope(self) -> CaseScope:
        """Whose cases, as Delius's parameter."""
        return SCOPES[self.chosen("whose")][1]

    @property
    def crn(self) -> str:
        """The CRN that is looked for; empty where it is a name."""
        return crn_in(self.words)
