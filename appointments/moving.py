"""The questions of a move: what is moved, which questions that asks, and what was answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from appointments.forms.moving import WITH_LATER, MoveWhenForm, WhichForm, WhyForm, moved_days
from cases.forms import StepForm, WhereForm
from cases.offices import is_asked_for, office_name, office_names, only_office
from delius import selectors as delius
from delius.errors import DeliusError
from delius.reads.parallel import in_parallel
from delius.records import Appointment, AppointmentType, Case, LocationRule, Office
from delius.request_bodies import RequestedBy
from delius.selectors import RarRequirement
from delius.writes.appointments import NAMESPACE
from govuk.formats import LONDON, clock, in_london

RawAnswers = Mapping[str, Mapping[str, str]]

WHY, WHICH, WHEN, WHERE = "why", "which", "when", "where"
SLUGS = (WHY, WHICH, WHEN, WHERE)
# Without an end in Delius, as an appointment of this length.
USUAL_LENGTH = timedelta(hours=1)


class Situation:
    """An appointment that is to be moved, and what Delius says of it. Reads are lazy and made once."""

    def __init__(self, *, case: Case, contact_id: int, username: str, now: datetime) -> None:
        self.case = case
        self.contact_id = contact_id
        self.username = username
        self.now = now

    @property
    def appointment(self) -> Appointment:
        """The appointment as Delius has it now. Raises NotFound, LimitedAccess, Unavailable."""
        found: Appointment = self._reads[0].get()
        return found

    @property
    def upcoming(self) -> tuple[Appointment, ...]:
        """The person's appointments from today on. Raises Unavailable."""
        found: tuple[Appointment, ...] = self._reads[1].get()
        return found

    @cached_property
    def _reads(self) -> list[Any]:
        crn, username = self.case.crn, self.username
        reads: list[Callable[[], Any]] = [
            lambda: delius.appointment(crn, self.contact_id, username=username),
            lambda: delius.upcoming_appointments(crn, username=username),
        ]
        return in_parallel(reads)

    @cached_property
    def later(self) -> tuple[Appointment, ...]:
        """The repeats after this appointment that could move with it. Raises Unavailable."""
        return repeats_after(self.appointment, self.upcoming)

    @cached_property
    def kind(self) -> AppointmentType:
        """The type of the appointment; one that is no longer offered may have a location."""
        code = self.appointment.type.code
        known = next((each for each in delius.appointment_types() if each.code == code), None)
        return known or AppointmentType(code=code, description=self.appointment.type.description)

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        """The open offices of the team that the appointment is recorded for: it stays that team's."""
        officer = self.appointment.officer
        return delius.offices(officer.team_code) if officer and officer.team_code else ()

    @cached_property
    def requirement(self) -> RarRequirement | None:
        """The RAR requirement that the appointment counts towards, also where it has ended; None for none."""
        found = self.appointment
        if not found.counts_towards_rar:
            return None
        on_event = [each for each in self.rar_requirements if each.event.event_id == found.event_id]
        if len(on_event) > 1:
            requirement_id = self._requirement_id()
            on_event = [each for each in on_event if each.requirement_id == requirement_id]
        return on_event[0] if on_event else None

    @property
    def rar_requirements(self) -> tuple[RarRequirement, ...]:
        """The person's RAR requirements, those that have ended too."""
        return tuple(
            RarRequirement(event=event, requirement=each)
            for event in self.case.events
            for each in event.requirements
            if each.is_rar
        )

    def _requirement_id(self) -> int | None:
        appointment = self.appointment
        if not appointment.nsi or not appointment.event_id:
            return appointment.requirement_id
        found = delius.nsis_of_event(crn=self.case.crn, event_id=appointment.event_id, username=self.username)
        return next((each.requirement_id for each in found if each.nsi_id == appointment.nsi.nsi_id), None)


@dataclass(frozen=True)
class NewPlace:
    """One appointment, and where and when it is to be instead. `start` and `end` are in Europe/London."""

    old: Appointment
    start: datetime
    end: datetime
    office: Office | None

    @property
    def changes(self) -> bool:
        """Whether anything is different: the time or the place."""
        old_office = self.old.office.code if self.old.office else ""
        new_office = self.office.code if self.office else ""
        return (self.old.start, self.old.end, old_office) != (self.start, self.end, new_office)


class Moving:
    """The questions of a move, given the raw answers by slug and the situation."""

    def __init__(self, *, raw: RawAnswers, situation: Situation) -> None:
        self.raw = raw
        self.situation = situation
        self._cleaned: dict[str, dict[str, Any]] = {}
        for slug in SLUGS:
            if slug in raw and self._applies(slug):
                form = self.form(slug)
                if form.is_valid():
                    self._cleaned[slug] = form.cleaned_data

    @cached_property
    def later(self) -> tuple[Appointment, ...]:
        """The repeats that could move with the appointment.

        None where Delius does not list them, unless they were chosen to move: that raises Unavailable.
        """
        try:
            return self.situation.later
        except DeliusError:
            if self.raw.get(WHICH, {}).get("which") == WITH_LATER:
                raise
            return ()

    @property
    def asked(self) -> list[str]:
        """The questions that apply, in order."""
        return [slug for slug in SLUGS if self._applies(slug)]

    @property
    def first_unfinished(self) -> str | None:
        """The first question that applies and has no valid answer; None when everything is answered."""
        return next((slug for slug in self.asked if slug not in self._cleaned), None)

    def may_visit(self, slug: str) -> bool:
        """Return whether a question may be opened: it applies, and it or everything before it is answered."""
        asked = self.asked
        if slug not in asked:
            return False
        return slug in self._cleaned or all(each in self._cleaned for each in asked[: asked.index(slug)])

    def before(self, slug: str) -> str | None:
        """Return the question asked before this one; None for the first."""
        asked = self.asked
        position = asked.index(slug) if slug in asked else 0
        return asked[position - 1] if position else None

    def with_answer(self, slug: str, form: StepForm) -> "Moving":
        """Return the questions with one answer set, and without the answers that are no longer valid."""
        after = Moving(raw={**self.raw, slug: form.accepted()}, situation=self.situation)
        kept = {each: answer for each, answer in after.raw.items() if each in after._cleaned}
        return Moving(raw=kept, situation=self.situation)

    def form(self, slug: str, data: Mapping[str, Any] | None = None) -> StepForm:
        """Return a question's form bound to `data`, else to what was answered before, else with what is there now."""
        situation, data = self.situation, data if data is not None else self.raw.get(slug)
        now_at = situation.appointment
        this, later = now_at.start.date(), [each.start.date() for each in self.later]
        if slug == WHY:
            return WhyForm(data, first_name=situation.case.name.familiar)
        if slug == WHICH:
            return WhichForm(data, this=this, later=later)
        if slug == WHEN:
            ends, requirement = now_at.end or now_at.start + USUAL_LENGTH, situation.requirement
            return MoveWhenForm(
                data,
                now=situation.now,
                rar_ends_on=requirement.requirement.termination_date if requirement else None,
                this=this,
                later=later if self.with_later else [],
                initial={"start_time": clock(now_at.start.time()), "end_time": clock(ends.time())},
            )
        return WhereForm(
            data,
            offices=office_names(situation.offices).items(),
            optional=situation.kind.location is LocationRule.OPTIONAL,
            initial={"office": now_at.office.code if now_at.office else None},
        )

    @property
    def with_later(self) -> bool:
        """Whether the repeats after the appointment move with it."""
        return bool(self._cleaned.get(WHICH, {}).get("which") == WITH_LATER)

    @property
    def requested_by(self) -> RequestedBy:
        """Who asked for the move. Raises KeyError before it is answered."""
        return RequestedBy(self._cleaned[WHY]["requested_by"])

    @property
    def reason(self) -> str:
        """Why it is moved. Raises KeyError before it is answered."""
        return str(self._cleaned[WHY]["reason"])

    @property
    def new_places(self) -> tuple[NewPlace, ...]:
        """The appointment and the repeats that move with it, each with its new time and place, by date.

        Raises KeyError before the questions are answered.
        """
        when = self._cleaned[WHEN]
        moved = (self.situation.appointment, *(self.later if self.with_later else ()))
        days = moved_days([each.start.date() for each in moved], by=when["date"] - moved[0].start.date())
        return tuple(
            NewPlace(
                old=old,
                start=in_london(day, when["start_time"]),
                end=in_london(day, when["end_time"]),
                office=self._office(old),
            )
            for old, day in zip(moved, days, strict=True)
        )

    def name_of(self, office: Office | None) -> str:
        """Return the name of an office among those of the team; empty for none."""
        return office_name(office, self.situation.offices) if office else ""

    def _applies(self, slug: str) -> bool:
        situation = self.situation
        if slug == WHICH:
            return bool(self.later)
        if slug == WHERE:
            return is_asked_for(situation.kind, lambda: situation.offices)
        return True

    def _office(self, old: Appointment) -> Office | None:
        """Return the office answered; where none is asked for the only one, or else the one it has."""
        situation = self.situation
        if situation.kind.location is LocationRule.NOT_ALLOWED:
            return None
        answer = self._cleaned[WHERE]["office"] if self._applies(WHERE) else ""
        if answer:
            return next((each for each in situation.offices if each.code == answer), None)
        kept = old.office and next((each for each in situation.offices if each.code == old.office.code), None)
        return only_office(situation.kind, lambda: situation.offices) or kept


def repeats_after(appointment: Appointment, upcoming: Sequence[Appointment]) -> tuple[Appointment, ...]:
    """Return the coming appointments that are repeats of one that comes before them, by date.

    Delius has no series: repeats are those that this service made too, of the same type, sentence, requirement and NSI,
    at the same time of day, whole weeks later or on the same day of the month, without an outcome.
    """
    if not _is_ours(appointment):
        return ()
    pattern = _pattern(appointment)
    return tuple(
        each
        for each in sorted(upcoming, key=lambda each: each.start)
        if each.start > appointment.start
        and each.outcome is None
        and _is_ours(each)
        and _pattern(each) == pattern
        and _may_repeat(appointment.start.date(), each.start.date())
    )


def _is_ours(appointment: Appointment) -> bool:
    return appointment.external_reference.startswith(NAMESPACE)


def _pattern(appointment: Appointment) -> tuple[Any, ...]:
    start, end = appointment.start.astimezone(LONDON), appointment.end and appointment.end.astimezone(LONDON)
    return (
        appointment.type.code,
        appointment.event_id,
        appointment.requirement_id,
        appointment.nsi.nsi_id if appointment.nsi else None,
        start.time(),
        end and end.time(),
    )


def _may_repeat(first: date, day: date) -> bool:
    """Return whether a day is whole weeks, or whole months, after another: the frequencies of repeats."""
    is_last_of_month = (day + timedelta(days=1)).month != day.month
    return (day - first).days % 7 == 0 or day.day == first.day or (is_last_of_month and day.day < first.day)
