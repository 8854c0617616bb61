"""Forms of the admin."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError

from delius.reads.nsi_types import CodeDescription, DeliusError, NsiType, nsi_types_for_rar
from govuk.forms import CleansText
from govuk.optimistic_locking import OptimisticLockingForm, VersionsForm
from govuk.sorting import sort_key
from toolkits.delius_validation import problems_with
from toolkits.models import PLACEHOLDER_NSI_TYPE_CODE, Rollout, Toolkit, ToolkitList, capitals_and_digits

# Fields that Delius validates, and of these those with choices from Delius.
VALIDATED_FIELDS = ("nsi_type_code", "nsi_sub_type_code", "nsi_status_code", "nsi_length")
CHOICE_FIELDS = VALIDATED_FIELDS[:3]
TYPE_CODE_HINT = "Delius does not answer at the moment: type the code as it is there."

Choices = list[tuple[str, Any]]


class ToolkitForm(OptimisticLockingForm):
    """Form of a toolkit.

    Codes are chosen from Delius's lists, or typed where Delius does not answer. A current code that Delius does not
    have stays a choice, and only changed codes are validated against Delius.
    """

    class Meta:
        model = Toolkit
        fields = (
            "name",
            "slug",
            "is_placeholder",
            "active_from",
            "active_to",
            "order",
            "nsi_type_code",
            "nsi_sub_type_code",
            "code_confirmed",
            "offered_unconfirmed",
            "nsi_status_code",
            "nsi_length",
            "nsi_notes",
        )
        error_messages = {
            "slug": {
                "unique": "There is already a toolkit with this slug",
                "invalid": "Slug must be letters, numbers, hyphens and underscores only",
            },
        }
        help_texts = {
            "name": "As people see it, for example Developing Dialogues.",
            "slug": "Stands for the toolkit in addresses and bookings. It cannot be changed later.",
            "is_placeholder": "Used for teams that are not on toolkits yet, and never offered as a choice.",
            "active_from": "Leave empty if it has always been in use.",
            "active_to": "It can still be chosen for this day. Leave empty for no end.",
            "order": "Lower numbers come first: -1 is above all the toolkits left at 0. Those with the same "
            "number are in alphabetical order.",
            "nsi_type_code": "The NSI type in Delius, of those that it allows for RAR.",
            "nsi_sub_type_code": "Only where Delius demands a sub type for this NSI type.",
            "code_confirmed": "Tick when the codes have been checked against Delius.",
            "offered_unconfirmed": "Until its codes are confirmed, a toolkit is offered only where this is ticked. "
            "Delius may refuse sessions with it.",
            "nsi_status_code": "It must be a status of the NSI type in Delius.",
            "nsi_length": "Delius demands one where the NSI type has a unit of length, and refuses one "
            "where it has none.",
            "nsi_notes": "Written into the notes of every new NSI. Up to 4,000 characters.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the choices from Delius, unless no field has any."""
        super().__init__(*args, **kwargs)
        self._types: dict[str, NsiType] = {}
        chosen = [name for name in CHOICE_FIELDS if name in self.fields]
        if not chosen:
            return
        try:
            self._types = {each.code: each for each in nsi_types_for_rar()}
        except DeliusError:
            for name in chosen:
                self.fields[name].help_text = f"{self.fields[name].help_text} {TYPE_CODE_HINT}"
            return
        types = sorted(self._types.values(), key=lambda each: sort_key(each.description, each.code))
        choices = dict(
            zip(CHOICE_FIELDS, (_type_choices(types), _sub_type_choices(types), _status_choices(types)), strict=True)
        )
        for name in chosen:
            self._use_choices(name, choices[name])

    def _use_choices(self, name: str, choices: Choices) -> None:
        """Replace a text field with a choice field, which always includes the current value."""
        typed = self.fields[name]
        has = self.get_initial_for_field(typed, name)
        if has and has not in _codes(choices):
            why = "cannot be chosen" if name == "nsi_type_code" and has in self._types else "unknown"
            choices = [(has, f"{has} ({why} in Delius)"), *choices]
        self.fields[name] = forms.ChoiceField(
            choices=[("", "---------"), *choices],
            label=typed.label,
            help_text=typed.help_text,
            required=typed.required,
            initial=typed.initial,
        )

    def clean(self) -> dict[str, Any]:
        """Validate changed codes against Delius."""
        cleaned: dict[str, Any] = super().clean() or {}
        values = {name: cleaned.get(name, getattr(self.instance, name)) for name in VALIDATED_FIELDS}
        nsi_type = self._types.get(values["nsi_type_code"])
        if nsi_type and not self.errors and set(VALIDATED_FIELDS) & set(self.changed_data):
            for problem in problems_with(Toolkit(**values), nsi_type):
                self.add_error(problem.field, problem.message)
        return cleaned

    def clean_nsi_type_code(self) -> str:
        """Reject NAT1, which only the placeholder has; its own code is not editable."""
        code: str = self.cleaned_data["nsi_type_code"]
        if code == PLACEHOLDER_NSI_TYPE_CODE:
            raise ValidationError("NAT1 is the placeholder's code: no other toolkit can have it")
        return code


def _type_choices(types: list[NsiType]) -> Choices:
    return [_choice(each) for each in types if each.selectable and each.code != PLACEHOLDER_NSI_TYPE_CODE]


def _sub_type_choices(types: list[NsiType]) -> Choices:
    """Return the sub types, grouped by type."""
    return [
        (each.description or each.code, [_choice(sub) for sub in each.sub_types]) for each in types if each.sub_types
    ]


def _status_choices(types: list[NsiType]) -> Choices:
    return [_choice(each) for each in {status.code: status for each in types for status in each.statuses}.values()]


def _choice(of: NsiType | CodeDescription) -> tuple[str, str]:
    return of.code, f"{of.description} ({of.code})" if of.description else of.code


def _codes(choices: Choices) -> set[str]:
    """Return the codes of choices, grouped or not."""
    groups = [label if isinstance(label, list) else [(code, label)] for code, label in choices]
    return {code for group in groups for code, _ in group}


class RolloutForm(OptimisticLockingForm):
    """Form of a rollout row; codes are converted to capitals."""

    class Meta:
        model = Rollout
        fields = ("provider_code", "team_code", "starts_on", "ends_on", "note")
        help_texts = {
            "provider_code": "The provider's code in Delius, for example N90.",
            "team_code": "The team's code in Delius. Leave empty for the whole provider. A team with a row "
            "of its own goes by that row alone, whatever its provider's row says.",
            "starts_on": "The team is on toolkits from this day.",
            "ends_on": "The team is still on toolkits on this day. Leave empty for no end.",
            "note": "For colleagues: who decided, or why a team differs.",
        }

    def clean_provider_code(self) -> str:
        """Return the code in capitals."""
        return self.cleaned_data["provider_code"].upper()

    def clean_team_code(self) -> str:
        """Return the code in capitals."""
        return self.cleaned_data["team_code"].upper()


class DatesForm(CleansText, forms.Form):
    """Form of first and last day, for several rollout rows at once."""

    starts_on = forms.DateField(
        label="First day",
        widget=AdminDateWidget(),
        error_messages={"required": "Enter the first day", "invalid": "First day must be a real date"},
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=AdminDateWidget(),
        help_text="Leave empty for no end.",
        error_messages={"invalid": "Last day must be a real date"},
    )

    def clean(self) -> dict[str, Any]:
        """Reject a last day before the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be the same as or after the first day")
        return cleaned


class RowDatesForm(DatesForm, VersionsForm):
    """Form of first and last day of rows that exist."""


class ToolkitListForm(OptimisticLockingForm):
    """Form of the order of the list."""

    class Meta:
        model = ToolkitList
        fields = ("order",)


MAX_TEAMS = 200


class TeamsForm(DatesForm):
    """Form for rows of several teams of a provider, with the same days."""

    provider_code = forms.CharField(
        label="Provider code",
        max_length=3,
        error_messages={"required": "Enter a provider code", "max_length": "Provider code must be 3 characters"},
    )
    team_codes = forms.CharField(
        label="Team codes",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One on each line, or separated by commas.",
        error_messages={"required": "Enter the codes of the teams"},
    )
    note = forms.CharField(label="Note", max_length=200, required=False, help_text="For colleagues.")

    field_order = ("provider_code", "team_codes", "starts_on", "ends_on", "note")

    def clean_provider_code(self) -> str:
        """Return the code in capitals."""
        code: str = self.cleaned_data["provider_code"].upper()
        capitals_and_digits(code)
        if len(code) > 3:  # In capitals, some letters are two or three.
            raise ValidationError(self.fields["provider_code"].error_messages["max_length"])
        return code

    def clean_team_codes(self) -> list[str]:
        """Return the codes in capitals, each once. Rejects invalid codes and teams that have a row."""
        codes = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["team_codes"].upper().strip(" \r\n\t,;"))))
        wrong = [code for code in codes if not re.fullmatch(r"[A-Z0-9]{1,6}", code)]
        if wrong:
            raise ValidationError(f"These are not team codes: {', '.join(wrong)}")
        if len(codes) > MAX_TEAMS:
            raise ValidationError(f"Enter {MAX_TEAMS} teams or fewer. For all of a provider’s teams, add one row")
        rows = Rollout.objects.filter(provider_code=self.cleaned_data.get("provider_code", ""), team_code__in=codes)
        taken = sorted(rows.values_list("team_code", flat=True))
        if taken:
            raise ValidationError(
                f"These teams have a row: {', '.join(taken)}. Take them out here, and set their days in the list"
            )
        return codes


class PreviewForm(CleansText, forms.Form):
    """Form of the rollout preview: team and day."""

    provider_code = forms.CharField(
        label="Provider code",
        max_length=3,
        validators=[capitals_and_digits],
        error_messages={"required": "Enter a provider code"},
    )
    team_code = forms.CharField(
        label="Team code",
        max_length=6,
        validators=[capitals_and_digits],
        error_messages={"required": "Enter a team code"},
    )
    on = forms.DateField(
        label="Day of the appointment",
        widget=AdminDateWidget(),
        error_messages={"required": "Enter a day", "invalid": "Day must be a real date"},
    )
