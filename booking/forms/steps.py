"""The form of each question. A form is told what may be chosen; it reads nothing by itself."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms

from booking.formats import LONDON, exists_in_london, plain_text
from booking.forms.fields import GovukDateField, GovukTimeField, MultilineField, RadioField
from booking.forms.widgets import GovukDateInput, GovukRadios, GovukTextarea

Choices = list[tuple[str, str]]

OFFICE_NOT_LISTED = "not-listed"
NO_OFFICE = "none"
NOTES_LIMIT = 4000


class StepForm(forms.Form):
    """A question's form, which can say what of a POST is its own."""

    def accepted(self, data: Any) -> dict[str, str]:
        """Return the values of this form's own inputs out of `data`, as people see them, to be kept in the draft."""
        names: list[str] = []
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, GovukDateInput):
                names += [f"{name}_{part}" for part in widget.parts]
            else:
                names.append(name)
        return {name: plain_text(str(data[name])) for name in names if name in data}


class TeamForm(StepForm):
    """Which of their own teams a person books for."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = RadioField(
            label="Which team is this appointment for?",
            choices=choices,
            missing="Select the team this appointment is for",
        )


class TypeForm(StepForm):
    """What kind of appointment it is."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"] = RadioField(
            label="What type of appointment will it be?",
            choices=choices,
            missing="Select the type of appointment",
        )


class RarForm(StepForm):
    """Whether the appointment counts towards RAR."""

    rar = RadioField(
        label="Will this be a RAR toolkit session?",
        choices=[("yes", "Yes, it will count towards RAR"), ("no", "No")],
        missing="Select yes if this will be a RAR toolkit session",
    )


class RequirementForm(StepForm):
    """Which of several RAR requirements a session counts towards."""

    def __init__(self, *args: Any, choices: Choices, hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"] = RadioField(
            label="Which RAR requirement does this count towards?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the RAR requirement this counts towards",
        )


class SentenceForm(StepForm):
    """Which of several sentences an appointment without RAR is for."""

    def __init__(self, *args: Any, choices: Choices, hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentence"] = RadioField(
            label="Which sentence is this appointment for?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the sentence this appointment is for",
        )


class ToolkitForm(StepForm):
    """Which toolkit the session uses."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["toolkit"] = RadioField(
            label="Which RAR toolkit will you use?",
            choices=choices,
            missing="Select the RAR toolkit you will use",
        )


class RecordForm(StepForm):
    """To which of several NSIs of a toolkit the appointment is added."""

    def __init__(self, *args: Any, choices: Choices, hints: dict[str, str], toolkit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"] = RadioField(
            label=f"Which {toolkit} record will you add this appointment to?",
            choices=choices,
            widget=GovukRadios(hints=hints),
            missing="Select the record you will add this appointment to",
        )
        self.initial = {"record": choices[0][0]}


class WhereForm(StepForm):
    """At which of the team's offices."""

    def __init__(self, *args: Any, offices: Iterable[tuple[str, str]], optional: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*offices, (OFFICE_NOT_LISTED, "The location I’m looking for is not in this list")]
        if optional:
            choices.append((NO_OFFICE, "I do not need to pick a location"))
        self.fields["office"] = RadioField(
            label="Pick a location for this appointment",
            choices=choices,
            widget=GovukRadios(dividers_before=(OFFICE_NOT_LISTED,)),
            missing="Select a location for this appointment",
        )


class WhenForm(StepForm):
    """The day and the times. `now` decides what is in the past."""

    date = GovukDateField(label="Date", help_text="For example, 20 5 2027", missing="Enter the date of the appointment")
    start_time = GovukTimeField(label="Start time", missing="Enter a start time, like 9am or 1:30pm", name="Start time")
    end_time = GovukTimeField(label="End time", missing="Enter an end time, like 10am or 2:30pm", name="End time")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """Check the day and the times against each other and against now."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, start, end = (cleaned.get(name) for name in ("date", "start_time", "end_time"))
        field = self.fields["date"]
        here = self.now.astimezone(LONDON)
        if day and isinstance(field, GovukDateField):
            if day < here.date():
                self.add_error("date", field.refuse("Date must be today or in the future"))
            elif day.year > here.year + 10:
                self.add_error("date", field.refuse("Date must be in the next 10 years"))
            elif day == here.date() and isinstance(start, time) and start <= here.time():
                self.add_error("start_time", "Start time must be in the future")
        for name, at in (("start_time", start), ("end_time", end)):
            if day and isinstance(at, time) and not exists_in_london(day, at):
                self.add_error(name, "The clocks go forward then, so this time does not exist. Enter another time")
        if isinstance(start, time) and isinstance(end, time) and end <= start:
            self.add_error("end_time", "End time must be after the start time")
        return cleaned


class NotesForm(StepForm):
    """Notes for the contact log."""

    notes = MultilineField(
        label="Add appointment notes",
        help_text="This will be added to the NDelius contact log",
        required=False,
        max_length=NOTES_LIMIT,
        widget=GovukTextarea(),
        error_messages={"max_length": "Appointment notes must be 4,000 characters or fewer"},
    )


class SensitiveForm(StepForm):
    """Whether details must not be shared with the person on probation."""

    def __init__(self, *args: Any, person_first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sensitive"] = RadioField(
            label="Does this appointment include sensitive information?",
            choices=[("yes", "Yes, it includes sensitive information"), ("no", "No, it is not sensitive")],
            widget=GovukRadios(hints={"yes": f"Some details must not be shared with {person_first_name}"}),
            missing="Select yes if this appointment includes sensitive information",
        )
