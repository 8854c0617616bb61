"""The form of each question of a move. Choices are passed in; forms read nothing."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from cases.forms import StepForm, WhenForm
from delius.request_bodies import MAX_NOTES_LENGTH, RequestedBy
from govuk.fields import GovukDateField, MultilineField, RadioField
from govuk.formats import exists_in_london, long_date, short_date

ALONE, WITH_LATER = "alone", "with-later"


class WhyForm(StepForm):
    """Form of *why*: who asked for the move, and the reason, which Delius adds to the notes of the old appointment."""

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requested_by"] = RadioField(
            label="Who asked for it to be moved?",
            choices=[(RequestedBy.PERSON.value, first_name), (RequestedBy.SERVICE.value, "The probation service")],
            missing="Select who asked for the appointment to be moved",
        )
        self.fields["reason"] = MultilineField(
            label="Why does it need to be moved?",
            name="The reason",
            help_text="This will be added to the notes of the appointment that is moved",
            missing="Enter why the appointment needs to be moved",
            most=MAX_NOTES_LENGTH,
        )


class WhichForm(StepForm):
    """Form of *which*: this appointment alone, or with its later repeats. `this` and `later` are days."""

    def __init__(self, *args: Any, this: date, later: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = len(later)
        self.fields["which"] = RadioField(
            label="Which appointments do you want to move?",
            choices=[
                (ALONE, f"Only the one on {long_date(this)}"),
                (
                    WITH_LATER,
                    f"That one and the {number} repeats after it"
                    if number > 1
                    else f"That one and the repeat after it, on {long_date(later[0])}",
                ),
            ],
            missing="Select which appointments you want to move",
            help_text="Repeats move by the same number of days, to the same times and place",
        )


class MoveWhenForm(WhenForm):
    """Form of *when*, for an appointment on the day `this` and the days of the repeats that move with it, `later`."""

    def __init__(self, *args: Any, this: date, later: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this = this
        self.later = later

    def clean(self) -> dict[str, Any]:
        """Hold the new days of the repeats to the rules of the first: before RAR ends, at times that exist."""
        cleaned = super().clean()
        day, field = cleaned.get("date"), self.fields["date"]
        if not day or not isinstance(field, GovukDateField):
            return cleaned
        for later in moved_days(self.later, by=day - self.this):
            if self.rar_ends_on and later >= self.rar_ends_on:
                ends, lands = short_date(self.rar_ends_on), short_date(later)
                message = f"A repeat would be on {lands}, but the RAR requirement ends on {ends}"
                self.add_error("date", field.refuse(message))
                break
            for name in ("start_time", "end_time"):
                at = cleaned.get(name)
                if isinstance(at, time) and not exists_in_london(later, at):
                    self.add_error(
                        name, f"The clocks go forward on {short_date(later)}, so this time does not exist then"
                    )
        return cleaned


def moved_days(days: Sequence[date], *, by: timedelta) -> list[date]:
    """Return days moved by so many days."""
    return [day + by for day in days]
