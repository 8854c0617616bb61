"""The form of *Record an outcome*. Choices are passed in; it reads nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from appointments.attendance import Attendance, AttendanceOutcomes
from cases.forms import StepForm
from cases.presenters.distinguishing import Described, distinct_names
from delius.records import CodeDescription, OutcomeType
from delius.request_bodies import MAX_NOTES_LENGTH
from govuk.fields import MultilineField, RadioField

NO_ENFORCEMENT = "none"
LABELS = {
    Attendance.COMPLIED: "Yes, and complied",
    Attendance.FAILED_TO_COMPLY: "Yes, but failed to comply",
    Attendance.ACCEPTABLE_ABSENCE: "No, the absence is acceptable",
    Attendance.UNACCEPTABLE_ABSENCE: "No, the absence is unacceptable",
}
WHICH = {
    Attendance.COMPLIED: ("What came of it?", "Select what came of it"),
    Attendance.FAILED_TO_COMPLY: ("How did they fail to comply?", "Select how they failed to comply"),
    Attendance.ACCEPTABLE_ABSENCE: ("What was the reason?", "Select the reason for the absence"),
    Attendance.UNACCEPTABLE_ABSENCE: ("What happened?", "Select what happened"),
}


def outcome_field(attendance: Attendance) -> str:
    """Return the name of the field that asks which outcome an answer means."""
    return f"outcome_{attendance}"


def enforcement_field(attendance: Attendance) -> str:
    """Return the name of the field that asks for the enforcement action of an answer."""
    return f"enforcement_{attendance}"


class OutcomeForm(StepForm):
    """Whether somebody attended, which outcome of Delius that is, its enforcement action, and notes to add.

    `answers` are those that the outcomes of the type allow. Where an answer may mean several outcomes, or one that
    lists enforcement actions, more is asked of whoever chooses it, and only of them. `may_set_sensitive` is whether the
    appointment is not sensitive yet: that is never taken away.
    """

    def __init__(
        self,
        *args: Any,
        answers: Sequence[AttendanceOutcomes],
        first_name: str,
        may_set_sensitive: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answers = {each.attendance: each for each in answers}
        self.fields["attendance"] = RadioField(
            label=f"Did {first_name} attend?",
            choices=[(each.value, LABELS[each]) for each in self.answers],
            missing=f"Select whether {first_name} attended",
        )
        for each in answers:
            self._ask_more(each)
        self.fields["notes"] = MultilineField(
            label="Add to the appointment notes (optional)",
            name="Appointment notes",
            help_text="This will be added after the notes in the NDelius contact log",
            most=MAX_NOTES_LENGTH,
        )
        if may_set_sensitive:
            self.fields["sensitive"] = forms.BooleanField(
                label="This appointment includes sensitive information",
                help_text=f"Some details must not be shared with {first_name}. This cannot be taken back later.",
                required=False,
            )

    @property
    def outcome(self) -> OutcomeType:
        """The outcome that was chosen, once the form is valid."""
        chosen = self._chosen_outcome(Attendance(self.cleaned_data["attendance"]))
        assert chosen
        return chosen

    @property
    def enforcement_action(self) -> CodeDescription | None:
        """The enforcement action that was chosen, once the form is valid; None for none."""
        code = self.cleaned_data.get(enforcement_field(Attendance(self.cleaned_data["attendance"])))
        return next((each for each in self.outcome.enforcement_actions if each.code == code), None)

    def belonging_to(self, attendance: str) -> list[Any]:
        """Return the bound fields that are asked of whoever chooses an answer."""
        names = (outcome_field(Attendance(attendance)), enforcement_field(Attendance(attendance)))
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Require what belongs to the answer that was chosen, and ignore what belongs to the others."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("attendance")
        for attendance in self.answers:
            if attendance != chosen:
                for bound in self.belonging_to(attendance):
                    self.errors.pop(bound.name, None)
                    cleaned.pop(bound.name, None)
        if chosen:
            self._check_more(Attendance(chosen), cleaned)
        return cleaned

    def _ask_more(self, answer: AttendanceOutcomes) -> None:
        if len(answer.outcomes) > 1:
            label, missing = WHICH[answer.attendance]
            self.fields[outcome_field(answer.attendance)] = _optional(
                RadioField(label=label, choices=_choices(answer.outcomes), missing=missing)
            )
        if answer.enforcement_actions:
            choices = _choices(answer.enforcement_actions)
            if not answer.always_demands_enforcement:
                choices.append((NO_ENFORCEMENT, "No enforcement action"))
            self.fields[enforcement_field(answer.attendance)] = _optional(
                RadioField(label="Enforcement action", choices=choices, missing="Select the enforcement action")
            )

    def _check_more(self, attendance: Attendance, cleaned: dict[str, Any]) -> None:
        which, enforcement = outcome_field(attendance), enforcement_field(attendance)
        if which in self.fields and not cleaned.get(which) and which not in self.errors:
            self.add_error(which, self.fields[which].error_messages["required"])
        outcome = self._chosen_outcome(attendance)
        if enforcement not in self.fields or enforcement in self.errors or outcome is None:
            return
        action, name = cleaned.get(enforcement), outcome.label
        if not action and outcome.enforcement_actions:
            self.add_error(enforcement, self.fields[enforcement].error_messages["required"])
        elif action == NO_ENFORCEMENT and outcome.demands_enforcement:
            self.add_error(enforcement, f"Select an enforcement action: Delius demands one for ‘{name}’")
        elif action and action != NO_ENFORCEMENT and action not in {each.code for each in outcome.enforcement_actions}:
            self.add_error(enforcement, f"Delius does not allow this enforcement action for ‘{name}’")

    def _chosen_outcome(self, attendance: Attendance) -> OutcomeType | None:
        outcomes = self.answers[attendance].outcomes
        if len(outcomes) == 1:
            return outcomes[0]
        code = self.cleaned_data.get(outcome_field(attendance))
        return next((each for each in outcomes if each.code == code), None)


def _optional(field: RadioField) -> RadioField:
    """Return a field that the form requires only together with its answer."""
    field.required = False
    return field


def _choices(coded: Iterable[CodeDescription]) -> list[tuple[str, str]]:
    return [*distinct_names({each.code: Described(each.label) for each in coded}, noun="choice").items()]
