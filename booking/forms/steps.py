"""The form of each question. Choices are passed in; forms read nothing."""

from datetime import date as calendar_date
from typing import Any

from django import forms

from booking.repeats import FREQUENCIES, MAX_REPEATS
from cases.forms import StepForm
from delius.request_bodies import MAX_NOTES_LENGTH
from govuk.fields import DaysField, MultilineField, Pairs, RadioField, WholeNumberField
from govuk.formats import counted, short_date
from govuk.widgets import GovukAutocomplete, GovukRadios

Choices = list[tuple[str, str]]

OTHER_TYPE = "other"
OTHER_TYPE_MISSING = "Select another type of appointment from the list"


def _check_not_refused(chosen: str, refused: dict[str, str]) -> str:
    if chosen in refused:
        raise forms.ValidationError(refused[chosen])
    return chosen


class TeamForm(StepForm):
    """Form of *team*: one of the user's own teams."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = RadioField(
            label="Which team is this appointment for?",
            choices=choices,
            missing="Select the team this appointment is for",
        )


class TypeForm(StepForm):
    """Form of *type*: a featured type, or another type from a long list."""

    def __init__(self, *args: Any, choices: Choices, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"] = RadioField(
            label="What type of appointment will it be?",
            choices=[*choices, (OTHER_TYPE, "Other")] if others else choices,
            missing="Select the type of appointment",
        )
        if others:
            self.fields["other"] = forms.ChoiceField(
                label="Select the type of appointment",
                help_text="Start to type its name, or choose from the list",
                choices=Pairs([("", ""), *others]),
                required=False,
                error_messages={"invalid_choice": OTHER_TYPE_MISSING},
                widget=GovukAutocomplete(),
            )

    def clean(self) -> dict[str, Any]:
        """Require the other type where *Other* is chosen, and ignore it otherwise."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("type") == OTHER_TYPE and not cleaned.get("other") and "other" not in self.errors:
            self.add_error("other", OTHER_TYPE_MISSING)
        elif cleaned.get("type") and cleaned["type"] != OTHER_TYPE:
            self.errors.pop("other", None)
        return cleaned


class RarForm(StepForm):
    """Form of *rar*: whether the appointment counts towards RAR."""

    rar = RadioField(
        label="Will this be a RAR toolkit session?",
        choices=[("yes", "Yes, it will count towards RAR"), ("no", "No")],
        missing="Select yes if this will be a RAR toolkit session",
    )

    def __init__(self, *args: Any, refusal: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal = refusal

    def clean_rar(self) -> str:
        """Refuse *yes* for an appointment that cannot count towards RAR."""
        answer = str(self.cleaned_data["rar"])
        if answer == "yes" and self.refusal:
            raise forms.ValidationError(self.refusal)
        return answer


class RequirementForm(StepForm):
    """Form of *requirement*. `refused` has the reasons for choices that cannot be selected."""

    def __init__(
        self, *args: Any, choices: Choices, hints: dict[str, str], refused: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        self.fields["requirement"] = RadioField(
            label="Which RAR requirement does this count towards?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the RAR requirement this counts towards",
        )

    def clean_requirement(self) -> str:
        """Refuse a requirement of `refused`."""
        return _check_not_refused(self.cleaned_data["requirement"], self.refused)


class SentenceForm(StepForm):
    """Form of *sentence*, for an appointment that does not count towards RAR."""

    def __init__(self, *args: Any, choices: Choices, hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentence"] = RadioField(
            label="Which sentence is this appointment for?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the sentence this appointment is for",
        )


class ToolkitForm(StepForm):
    """Form of *toolkit*. `refused` has the reasons for choices that cannot be selected."""

    def __init__(self, *args: Any, choices: Choices, refused: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        self.fields["toolkit"] = RadioField(
            label="Which RAR toolkit will you use?",
            choices=choices,
            missing="Select the RAR toolkit you will use",
        )

    def clean_toolkit(self) -> str:
        """Refuse a toolkit of `refused`."""
        return _check_not_refused(self.cleaned_data["toolkit"], self.refused)


class RecordForm(StepForm):
    """Form of *record*: one of several NSIs of a toolkit."""

    def __init__(self, *args: Any, choices: Choices, hints: dict[str, str], toolkit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"] = RadioField(
            label=f"Which {toolkit} record will you add this appointment to?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the record you will add this appointment to",
        )
        self.initial = {"record": choices[0][0]}


class RepeatForm(StepForm):
    """Form of *repeat*: whether the appointment repeats, and how."""

    repeat = RadioField(
        label="Will this be a repeating appointment?",
        choices=[("yes", "Yes"), ("no", "No, it’s a one-off appointment")],
        missing="Select yes if this will be a repeating appointment",
    )
    frequency = RadioField(
        label="How frequently will it repeat?",
        choices=list(FREQUENCIES),
        missing="Select how frequently it will repeat",
    )
    number = WholeNumberField(
        label="Number of repeat appointments", least=1, most=MAX_REPEATS, name="Number of repeat appointments"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["frequency"].required = False

    def clean(self) -> dict[str, Any]:
        """Require frequency and number where it repeats, and ignore them otherwise."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("repeat") == "no":
            self.errors.pop("number", None)
            return cleaned | {"frequency": "", "number": None}
        if cleaned.get("repeat") == "yes":
            if not cleaned.get("frequency") and "frequency" not in self.errors:
                self.add_error("frequency", "Select how frequently it will repeat")
            if not cleaned.get("number") and "number" not in self.errors:
                self.add_error("number", "Enter the number of repeat appointments")
        return cleaned


class DatesForm(StepForm):
    """Form of *dates*: which of the repeats are wanted."""

    def __init__(self, *args: Any, days: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dates"] = DaysField(
            label=counted(len(days), "repeat appointment"),
            help_text="Leave a date out by clearing its box",
            days=days,
            missing="Select at least one repeat appointment, or go back and make it a one-off appointment",
        )
        self.initial = {"dates": [day for day, _ in days]}


class RepeatRarForm(StepForm):
    """Form of *repeat-rar*: whether the repeats count towards RAR too."""

    def __init__(self, *args: Any, toolkit: str, rar_ends_on: calendar_date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rar_ends_on = rar_ends_on
        self.fields["repeat_rar"] = RadioField(
            label="Will the repeat appointments be RAR toolkit sessions too?",
            choices=[("yes", f"Yes, using {toolkit}"), ("no", "No, only this appointment")],
            missing="Select yes if the repeat appointments will be RAR toolkit sessions too",
        )

    def clean_repeat_rar(self) -> str:
        """Refuse *yes* where a repeat is on or after the day the requirement ends."""
        answer = str(self.cleaned_data["repeat_rar"])
        if answer == "yes" and self.rar_ends_on:
            ends = short_date(self.rar_ends_on)
            raise forms.ValidationError(
                f"The RAR requirement ends on {ends}. Select no, or go back and leave out the dates after that"
            )
        return answer


class NotesForm(StepForm):
    """Form of *notes* for the contact log."""

    notes = MultilineField(
        label="Add appointment notes",
        name="Appointment notes",
        help_text="This will be added to the NDelius contact log",
        most=MAX_NOTES_LENGTH,
    )

    def __init__(self, *args: Any, repeats: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if repeats:
            self.fields["notes_repeat"] = RadioField(
                label="Add these notes to repeat appointments?",
                choices=[("yes", "Yes"), ("no", "No, only this appointment")],
                missing="Select yes if these notes are for repeat appointments too",
            )
            self.fields["notes_repeat"].required = False

    def clean(self) -> dict[str, Any]:
        """Require the answer about repeats where there are notes."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "notes_repeat" in self.fields and cleaned.get("notes") and not cleaned.get("notes_repeat"):
            self.add_error("notes_repeat", "Select yes if these notes are for repeat appointments too")
        return cleaned


class SensitiveForm(StepForm):
    """Form of *sensitive*: whether details must not be shared with the person on probation."""

    def __init__(self, *args: Any, person_first_name: str, repeats: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sensitive"] = RadioField(
            label="Does this appointment include sensitive information?",
            choices=[("yes", "Yes, it includes sensitive information"), ("no", "No, it is not sensitive")],
            widget=GovukRadios(hints={"yes": f"Some details must not be shared with {person_first_name}"}),
            missing="Select yes if this appointment includes sensitive information",
        )
        if repeats:
            self.fields["sensitive_repeat"] = RadioField(
                label="Are repeat appointments also sensitive?",
                choices=[("yes", "Yes"), ("no", "No, only this appointment")],
                missing="Select yes if repeat appointments are also sensitive",
            )
            self.fields["sensitive_repeat"].required = False

    def clean(self) -> dict[str, Any]:
        """Require the answer about repeats where this appointment is sensitive."""
        cleaned: dict[str, Any] = super().clean() or {}
        about_repeats = "sensitive_repeat" in self.fields and cleaned.get("sensitive") == "yes"
        if about_repeats and not cleaned.get("sensitive_repeat"):
            self.add_error("sensitive_repeat", "Select yes if repeat appointments are also sensitive")
        return cleaned
