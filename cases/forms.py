"""Forms that arranging and moving an appointment share. Choices are passed in; forms read nothing."""

from collections.abc import Iterable
from datetime import date as calendar_date
from datetime import datetime, time
from typing import Any

from django import forms

from cases.hours import meant_times, usual_hours
from govuk.fields import GovukDateField, GovukTimeField, RadioField
from govuk.formats import LONDON, exists_in_london, from_to, short_date
from govuk.forms import CleansText
from govuk.widgets import GovukDateInput, GovukDays, GovukRadios

OFFICE_NOT_LISTED = "not-listed"
NO_OFFICE = "none"


class StepForm(CleansText, forms.Form):
    """The form of a question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Nothing shows the suffix, and Django looks up its translation for each form.
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def accepted(self) -> dict[str, str]:
        """Return the cleaned values of this form's inputs, for the draft; those that were not sent are left out."""
        values: dict[str, str] = {}
        for name, field in self.fields.items():
            value, widget = self[name].data, field.widget
            if isinstance(widget, GovukDateInput):
                values |= {f"{name}_{part}": typed for part, typed in zip(widget.parts, value, strict=True)}
            else:
                values[name] = " ".join(value) if isinstance(widget, GovukDays) else value
        return {name: value for name, value in values.items() if value is not None}


class WhereForm(StepForm):
    """Form of *where*: one of the team's offices."""

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
    """Form of *when*: date and times after `now`, and before `rar_ends_on` for a RAR session.

    Times outside the usual hours are asked about: `unusual_times` is then a field, whose answer is kept with the times.
    """

    date = GovukDateField(label="Date", help_text="For example, 20 5 2027", missing="Enter the date of the appointment")
    start_time = GovukTimeField(
        label="Start time",
        help_text="For example, 9am or 1:30pm",
        missing="Enter a start time, like 9am or 1:30pm",
        name="Start time",
    )
    end_time = GovukTimeField(
        label="End time",
        help_text="For example, 10am or 2:30pm",
        missing="Enter an end time, like 10am or 2:30pm",
        name="End time",
    )

    def __init__(self, *args: Any, now: datetime, rar_ends_on: calendar_date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.rar_ends_on = rar_ends_on

    def clean(self) -> dict[str, Any]:
        """Validate the date and the times against each other and against `now`."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "start_time" in cleaned and "end_time" in cleaned:
            typed = (str(self[name].data) for name in ("start_time", "end_time"))
            cleaned["start_time"], cleaned["end_time"] = meant_times(*typed)
        day, start, end = (cleaned.get(name) for name in ("date", "start_time", "end_time"))
        field = self.fields["date"]
        here = self.now.astimezone(LONDON)
        if day and isinstance(field, GovukDateField):
            if day < here.date():
                self.add_error("date", field.refuse("Date must be today or in the future"))
            elif day.year > here.year + 10:
                self.add_error("date", field.refuse("Date must be in the next 10 years"))
            elif self.rar_ends_on and day >= self.rar_ends_on:
                ends = short_date(self.rar_ends_on)
                self.add_error("date", field.refuse(f"Date must be before {ends}, when the RAR requirement ends"))
            elif day == here.date() and isinstance(start, time) and start <= here.time():
                self.add_error("start_time", "Start time must be in the future")
        for name, at in (("start_time", start), ("end_time", end)):
            if day and isinstance(at, time) and not exists_in_london(day, at):
                self.add_error(name, "The clocks go forward then, so this time does not exist. Enter another time")
        if isinstance(start, time) and isinstance(end, time):
            if end <= start:
                self.add_error("end_time", "End time must be after the start time")
            elif not usual_hours().include(start, end):
                self._ask_whether_meant(start, end)
        return cleaned

    def _ask_whether_meant(self, start: time, end: time) -> None:
        times, hours = from_to(start, end), usual_hours()
        wanted = f"{start:%H:%M}-{end:%H:%M}"
        self.fields["unusual_times"] = RadioField(
            label=f"Do you mean {times}?",
            help_text=f"Most appointments are between {hours}",
            choices=[(wanted, f"Yes, {times}"), ("no", "No, I will enter other times")],
            missing=f"Select yes if you mean {times}, or enter other times",
        )
        answer = self["unusual_times"].data
        if answer == "no":
            name, problem = ("end_time", "an end") if hours.include(start, start) else ("start_time", "a start")
            self.add_error(name, f"Enter {problem} time between {hours}, or select that you mean {times}")
        elif answer != wanted:
            self.add_error("unusual_times", self.fields["unusual_times"].error_messages["required"])
