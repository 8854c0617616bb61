"""The progress of a journey, computed from its answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from booking.journey.answers import Answers
from booking.journey.situation import Situation
from booking.journey.steps import STEPS, Step
from cases.forms import StepForm
from cases.offices import only_office

# Where a question is not asked because there is only one answer to it: those that lead to another one.
ASKED_INSTEAD = {
    "requirement": ("rar",),
    "toolkit": ("rar",),
    "where": ("type",),
}
WHEN = "when"
RawAnswers = Mapping[str, Mapping[str, str]]


class Journey:
    """The steps of a journey, given the raw answers (by step slug) and the situation."""

    def __init__(self, *, raw: RawAnswers, situation: Situation, before: "Journey | None" = None) -> None:
        self.raw = raw
        self.situation = situation
        # By step: what was read with what, and what of it; an answer is not read twice in one request.
        self._read_steps: dict[str, tuple[Any, Answers, dict[str, Any] | None]] = before._read_steps if before else {}
        self.answers, self.answered = self._read_until_stable()

    @property
    def asked(self) -> list[Step]:
        """The questions that apply, in order."""
        return [step for step in STEPS if step.prompted and step.applies(self.answers, self.situation)]

    @property
    def first_unfinished(self) -> Step | None:
        """The first question that applies and has no valid answer; None when everything is answered."""
        return next((step for step in self.asked if step.slug not in self.answered), None)

    def may_visit(self, step: Step) -> bool:
        """Return whether a question may be opened now: it applies, and it or everything before it is answered.

        A step that is not prompted may be opened once everything else is answered.
        """
        if not step.prompted:
            return self.first_unfinished is None and step.applies(self.answers, self.situation)
        asked = self.asked
        if step not in asked:
            return False
        return step.slug in self.answered or all(each.slug in self.answered for each in asked[: asked.index(step)])

    def asked_about(self, slug: str) -> Step | None:
        """Return the question to change an answer at: the one with this slug, or the nearest of ASKED_INSTEAD.

        None where neither is asked of this person.
        """
        asked = {step.slug: step for step in self.asked}
        return next((asked[each] for each in (slug, *ASKED_INSTEAD.get(slug, ())) if each in asked), None)

    def before(self, step: Step) -> Step | None:
        """Return the question asked before this one; None for the first and for a step that is not prompted."""
        asked = self.asked
        position = asked.index(step) if step in asked else 0
        return asked[position - 1] if position else None

    def form(self, step: Step, data: Mapping[str, Any] | None = None) -> StepForm:
        """Return a question's form bound to `data`, else to what was answered before, else empty."""
        return step.form(data if data is not None else self.raw.get(step.slug), self.answers, self.situation)

    def with_answer(self, step: Step, form: StepForm) -> "Journey":
        """Return the journey with one answer set, and without the answers that no longer apply.

        An answer that still applies but is no longer valid is dropped too, so that its question is asked again.
        """
        raw = {**self.raw, step.slug: form.accepted()}
        return Journey(raw=raw, situation=self.situation, before=self).without_invalid_answers()

    def without_invalid_answers(self) -> "Journey":
        """Return the journey with the answers alone that are valid and apply."""
        if self.answered.issuperset(self.raw):
            return self
        raw = {slug: answer for slug, answer in self.raw.items() if slug in self.answered}
        return Journey(raw=raw, situation=self.situation, before=self)

    def _read_until_stable(self) -> tuple[Answers, frozenset[str]]:
        """Read the answers until the date they are read with is the date they give.

        Whether a question applies may depend on one later answer, the date. The first guess is the date as typed.
        """
        day = _typed_day(self.raw)
        for _ in STEPS:
            answers, answered = self._read(day=day)
            if answers.day == day:
                break
            day = answers.day
        return answers, answered

    def _read(self, *, day: date | None) -> tuple[Answers, frozenset[str]]:
        """Return the answers that are valid, and their steps; until its question is reached the date is `day`."""
        answers = self._assumed(Answers(day=day))
        answered: set[str] = set()
        for step in STEPS:
            if (
                step.slug in self.raw
                and step.applies(answers, self.situation)
                and (read := self._read_step(step, answers)) is not None
            ):
                answers = self._assumed(answers, **read)
                answered.add(step.slug)
        return answers if WHEN in answered else replace(answers, day=None), frozenset(answered)

    def _read_step(self, step: Step, known: Answers) -> dict[str, Any] | None:
        """Return the fields of Answers that an answer sets, None where it is not valid."""
        raw = self.raw[step.slug]
        before = self._read_steps.get(step.slug)
        if before is None or before[:2] != (raw, known):
            form = step.form(raw, known, self.situation)
            read = step.read(form.cleaned_data, known, self.situation) if form.is_valid() else None
            before = self._read_steps[step.slug] = (raw, known, read)
        return before[2]

    def _assumed(self, answers: Answers, **read: Any) -> Answers:
        """Set what was read, and fill in what needs no question because there is only one possibility."""
        situation = self.situation
        known = vars(answers) | read
        if not known["officer"] and len(situation.teams) == 1:
            known["officer"] = situation.teams[0].officer
        if not situation.rar_requirements:
            known["rar"] = False
        if known["rar"] and len(situation.rar_requirements) == 1:
            known["requirement"] = situation.rar_requirements[0]
        if known["rar"] and known["requirement"]:
            known["event"] = known["requirement"].event
        elif not known["event"] and len(situation.events) == 1:
            known["event"] = situation.events[0]
        officer, kind = known["officer"], known["appointment_type"]
        if officer and kind and (office := only_office(kind, lambda: situation.offices(officer.team_code))):
            known["office"] = office
        return Answers(**known)


def _typed_day(raw: RawAnswers) -> date | None:
    when = raw.get(WHEN, {})
    try:
        return date(*(int(when[f"date_{part}"]) for part in ("year", "month", "day")))
    except (KeyError, ValueError, OverflowError):
        return None
