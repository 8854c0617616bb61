"""The journey as data: every question, in the order it is asked.

Whether a question is asked follows from the other answers alone, so *Back*, *Change* and skipped pages are computed
(booking/journey/journey.py).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from booking.forms import steps as forms
from booking.journey.answers import Answers
from booking.journey.situation import Situation
from booking.journey.toolkit_order import in_order
from booking.journey.toolkit_records import nsi_labels, toolkit_of, usable_nsis
from booking.repeats import FREQUENCIES, repeat_dates
from cases.forms import StepForm, WhenForm, WhereForm
from cases.offices import is_asked_for, office_name, office_names
from cases.presenters.appointment_types import type_name
from cases.presenters.circumstances import circumstances
from cases.presenters.rar_days import completed_of
from delius.records import AppointmentType, LocationRule, Nsi
from delius.selectors import RarRequirement
from govuk.fields import RadioField
from govuk.formats import counted, exists_in_london, from_to, long_date
from toolkits.selectors import ToolkitChoice

REFERRED_IN_FUTURE = (
    "Delius has a referral date in the future for this sentence, so a RAR toolkit cannot be recorded on it yet"
)


@dataclass(frozen=True)
class Row:
    """A row of *Check your answers*."""

    key: str
    value: str


class Step(ABC):
    """A question. One that is not `prompted` has a default, and is only reached through *Change*."""

    slug: ClassVar[str]
    prompted: ClassVar[bool] = True
    template: ClassVar[str] = "cases/question.html.jinja"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        """Return whether this question is asked, given the other answers."""
        return True

    @abstractmethod
    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        """Return this question's form: empty, or bound to `data`."""

    @abstractmethod
    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        """Return the fields of Answers that a valid answer sets."""

    @abstractmethod
    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        """Return the rows of *Check your answers* for this question."""

    def context(self, answers: Answers, situation: Situation) -> dict[str, Any]:
        """Return the template context other than the form."""
        return {}

    def form_to_show(self, form: StepForm, answers: Answers, situation: Situation) -> StepForm:
        """Return the form for display, for forms whose display needs more reads than their validation."""
        return form


class TeamStep(Step):
    """Which team: asked of users with several teams who are not the case's manager."""

    slug = "team"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return len(situation.teams) > 1

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.TeamForm(data, choices=[(team.officer.team_code, team.name) for team in situation.teams])

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        chosen = next(team for team in situation.teams if team.officer.team_code == cleaned["team"])
        return {"officer": chosen.officer}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        name = next((team.name for team in situation.teams if team.officer == answers.officer), "")
        return [Row("Team", name)]


class TypeStep(Step):
    """The kind of appointment."""

    slug = "type"
    template = "booking/type.html.jinja"

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        names = situation.type_names
        return forms.TypeForm(
            data,
            choices=[(code, names[code]) for code in situation.appointment_types],
            others=[(code, names[code]) for code in situation.other_types],
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        if cleaned["type"] == forms.OTHER_TYPE:
            return {"appointment_type": situation.other_types[cleaned["other"]]}
        return {"appointment_type": situation.appointment_types[cleaned["type"]]}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        assert answers.appointment_type
        return [Row("Type of appointment", situation.type_names[answers.appointment_type.code])]


class RarStep(Step):
    """Whether it counts towards RAR; only where there is a RAR requirement to count towards."""

    slug = "rar"
    template = "booking/rar.html.jinja"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return bool(situation.rar_requirements)

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.RarForm(data, refusal=_why_not_rar(answers, situation))

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"rar": cleaned["rar"] == "yes"}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return [Row("RAR toolkit session", "Yes, it will count towards RAR" if answers.rar else "No")]


class RequirementStep(Step):
    """Which of several RAR requirements; one is taken without asking."""

    slug = "requirement"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return bool(answers.rar) and len(situation.rar_requirements) > 1

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.RequirementForm(
            data,
            choices=[
                (_requirement_key(each), situation.requirement_names[each.requirement_id])
                for each in situation.rar_requirements
            ],
            hints={_requirement_key(each): _days(each) for each in situation.rar_requirements},
            refused={
                _requirement_key(each): REFERRED_IN_FUTURE
                for each in situation.rar_requirements
                if _is_referred_later(each, situation)
            },
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        key = cleaned["requirement"]
        return {"requirement": next(e for e in situation.rar_requirements if _requirement_key(e) == key)}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        assert answers.requirement
        name = situation.requirement_names[answers.requirement.requirement_id]
        return [Row("RAR requirement", f"{name}. {_days(answers.requirement)}")]


class SentenceStep(Step):
    """Which of several sentences an appointment without RAR is for; one is taken without asking."""

    slug = "sentence"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        counts_towards_rar = answers.rar is not False and bool(situation.rar_requirements)
        return not counts_towards_rar and len(situation.events) > 1

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.SentenceForm(
            data,
            choices=[(str(each.event_id), situation.sentence_names[each.event_id]) for each in situation.events],
            hints={},
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"event": next(each for each in situation.events if str(each.event_id) == cleaned["sentence"])}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        assert answers.event
        return [Row("Sentence", situation.sentence_names[answers.event.event_id])]


class ToolkitStep(Step):
    """Which toolkit: asked where the team is on toolkits on the day of the appointment, or today."""

    slug = "toolkit"
    template = "booking/toolkit.html.jinja"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return bool(answers.rar) and bool(_offered(answers, situation))

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        offered = _offered(answers, situation)
        kind = answers.appointment_type
        return forms.ToolkitForm(
            data,
            choices=[(toolkit.slug, toolkit.name) for toolkit in offered],
            refused={
                toolkit.slug: f"{toolkit.name} cannot be used with this type of appointment ({type_name(kind)}). "
                "Select another toolkit, or go back and change the type"
                for toolkit in offered
                if kind and not _may_hang_from(kind, toolkit)
            },
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        slug = cleaned["toolkit"]
        return {"toolkit": next(each for each in _offered(answers, situation) if each.slug == slug)}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        assert answers.toolkit
        return [Row("RAR toolkit", answers.toolkit.name)]

    def context(self, answers: Answers, situation: Situation) -> dict[str, Any]:
        case = situation.case
        gender = case.gender.description if case.gender else ""
        return {"age": case.age(answers.day or situation.today), "gender": gender}

    def form_to_show(self, form: StepForm, answers: Answers, situation: Situation) -> StepForm:
        assert answers.officer
        toolkits = in_order(_offered(answers, situation), crn=situation.case.crn, officer=answers.officer)
        field = form.fields["toolkit"]
        assert isinstance(field, RadioField)
        field.choices = [(toolkit.slug, toolkit.name) for toolkit in toolkits]
        return form


class RecordStep(Step):
    """Which of several NSIs of the toolkit the appointment is added to."""

    slug = "record"
    prompted = False

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return len(usable_nsis(answers, situation)) > 1

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        found = usable_nsis(answers, situation)
        labels = nsi_labels(found)
        return forms.RecordForm(
            data,
            choices=[(str(nsi.nsi_id), _capitalised(labels[nsi.nsi_id])) for nsi in found],
            hints={str(nsi.nsi_id): _status_and_use(nsi) for nsi in found},
            toolkit=toolkit_of(answers, situation).name,
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"nsi_id": int(cleaned["record"])}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return []


class WhereStep(Step):
    """Which office: asked only where the type has a location and there is something to choose."""

    slug = "where"
    template = "booking/where.html.jinja"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        kind, officer = answers.appointment_type, answers.officer
        return bool(kind and officer and is_asked_for(kind, lambda: situation.offices(officer.team_code)))

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        assert answers.officer
        assert answers.appointment_type
        return WhereForm(
            data,
            offices=office_names(situation.offices(answers.officer.team_code)).items(),
            optional=answers.appointment_type.location is LocationRule.OPTIONAL,
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        assert answers.officer
        chosen = cleaned["office"]
        offices = situation.offices(answers.officer.team_code)
        return {"office": next((office for office in offices if office.code == chosen), None)}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        if not answers.office or not answers.officer:
            return [Row("Location", "No location")]
        return [Row("Location", office_name(answers.office, situation.offices(answers.officer.team_code)))]

    def context(self, answers: Answers, situation: Situation) -> dict[str, Any]:
        assert answers.officer
        return {"no_offices": not situation.offices(answers.officer.team_code)}


class WhenStep(Step):
    """The day and the times."""

    slug = "when"
    template = "cases/when.html.jinja"

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        ends_on = answers.requirement.requirement.termination_date if answers.requirement else None
        return WhenForm(data, now=situation.now, rar_ends_on=ends_on)

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"day": cleaned["date"], "start_time": cleaned["start_time"], "end_time": cleaned["end_time"]}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        assert answers.day
        assert answers.start_time
        assert answers.end_time
        return [Row("Date", long_date(answers.day)), Row("Time", from_to(answers.start_time, answers.end_time))]

    def context(self, answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"circumstances": circumstances(situation.case)}


class RepeatStep(Step):
    """Whether the appointment repeats, how often and how many times."""

    slug = "repeat"
    template = "booking/repeat.html.jinja"

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.RepeatForm(data)

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        if cleaned["repeat"] == "no":
            return {"repeats": 0}
        return {"frequency": cleaned["frequency"], "repeats": cleaned["number"]}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        if not answers.repeats:
            return [Row("Repeating appointment", "No")]
        how_often = dict(FREQUENCIES)[answers.frequency or ""]
        return [Row("Repeating appointment", f"{how_often}, {counted(answers.repeats, 'time')}")]

    def form_to_show(self, form: StepForm, answers: Answers, situation: Situation) -> StepForm:
        """Show the date and times as they were understood."""
        if answers.day and answers.start_time and answers.end_time:
            times = from_to(answers.start_time, answers.end_time)
            form.fields["repeat"].help_text = f"This appointment is on {long_date(answers.day)} from {times}"
        return form


class DatesStep(Step):
    """Which of the repeats are wanted."""

    slug = "dates"
    template = "booking/dates.html.jinja"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return bool(answers.repeats and answers.day)

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.DatesForm(data, days=[(day.isoformat(), long_date(day)) for day in _repeat_days(answers)])

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"repeat_days": tuple(date.fromisoformat(day) for day in cleaned["dates"])}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return [Row("Dates", "\n".join(long_date(day) for day in answers.repeat_days))]

    def context(self, answers: Answers, situation: Situation) -> dict[str, Any]:
        assert answers.day
        assert answers.start_time
        assert answers.end_time
        return {"first_day": long_date(answers.day), "times": from_to(answers.start_time, answers.end_time)}


class RepeatRarStep(Step):
    """Whether the repeats count towards RAR, with the same toolkit."""

    slug = "repeat-rar"

    def applies(self, answers: Answers, situation: Situation) -> bool:
        return bool(answers.rar and answers.repeats)

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        ends_on = answers.requirement.requirement.termination_date if answers.requirement else None
        too_late = [day for day in answers.repeat_days if ends_on and day >= ends_on]
        return forms.RepeatRarForm(
            data, toolkit=toolkit_of(answers, situation).name, rar_ends_on=ends_on if too_late else None
        )

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"repeat_rar": cleaned["repeat_rar"] == "yes"}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return [Row("RAR toolkit", toolkit_of(answers, situation).name if answers.repeat_rar else "None")]


class NotesStep(Step):
    """Notes for the contact log."""

    slug = "notes"

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.NotesForm(data, repeats=bool(answers.repeats))

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        return {"notes": cleaned["notes"], "repeat_notes": cleaned.get("notes_repeat") == "yes"}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return [Row("Appointment notes", answers.notes or "None")]


class SensitiveStep(Step):
    """Whether details must not be shared with the person on probation."""

    slug = "sensitive"
    template = "booking/sensitive.html.jinja"

    def form(self, data: Mapping[str, Any] | None, answers: Answers, situation: Situation) -> StepForm:
        return forms.SensitiveForm(data, person_first_name=situation.first_name, repeats=bool(answers.repeats))

    def read(self, cleaned: dict[str, Any], answers: Answers, situation: Situation) -> dict[str, Any]:
        sensitive = cleaned["sensitive"] == "yes"
        return {"sensitive": sensitive, "repeat_sensitive": sensitive and cleaned.get("sensitive_repeat") == "yes"}

    def rows(self, answers: Answers, situation: Situation) -> list[Row]:
        return [Row("Sensitive", "Yes" if answers.sensitive else "No")]


STEPS: tuple[Step, ...] = (
    TeamStep(),
    TypeStep(),
    RarStep(),
    RequirementStep(),
    SentenceStep(),
    ToolkitStep(),
    RecordStep(),
    WhereStep(),
    WhenStep(),
    RepeatStep(),
    DatesStep(),
    RepeatRarStep(),
    NotesStep(),
    SensitiveStep(),
)


def _repeat_days(answers: Answers) -> list[date]:
    """Return the days of the repeats, without those on which its times do not exist (clocks going forward)."""
    if not answers.day or not answers.start_time or not answers.end_time or not answers.frequency:
        return []
    start, end = answers.start_time, answers.end_time
    days = repeat_dates(answers.day, frequency=answers.frequency, number=answers.repeats)
    return [day for day in days if exists_in_london(day, start) and exists_in_london(day, end)]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _status_and_use(nsi: Nsi) -> str:
    status = f"{nsi.status.description}. " if nsi.status and nsi.status.description else ""
    return f"{status}{counted(nsi.appointment_count, 'appointment')} so far"


def _offered(answers: Answers, situation: Situation) -> tuple[ToolkitChoice, ...]:
    if not answers.officer:
        return ()
    on_the_day = situation.toolkits(answers.officer, answers.day) if answers.day else ()
    return on_the_day or situation.toolkits(answers.officer, situation.today)


def _requirement_key(requirement: RarRequirement) -> str:
    return f"{requirement.event.event_id}-{requirement.requirement_id}"


def _days(requirement: RarRequirement) -> str:
    days = requirement.days
    return completed_of(days.completed, days.ordered, requirement=requirement.requirement)


def _may_hang_from(kind: AppointmentType, toolkit: ToolkitChoice) -> bool:
    return toolkit.nsi_type_code in kind.nsi_type_codes


def _is_referred_later(requirement: RarRequirement, situation: Situation) -> bool:
    """Return whether the event's referral date is in the future: no NSI can be referred yet (RULES.md, *NSIs*)."""
    referred = requirement.event.referral_date
    return referred is not None and referred > situation.today


def _why_not_rar(answers: Answers, situation: Situation) -> str:
    """Return why an appointment cannot count towards RAR, as far as it is known before a toolkit is chosen."""
    if all(_is_referred_later(each, situation) for each in situation.rar_requirements):
        return REFERRED_IN_FUTURE
    kind = answers.appointment_type
    toolkits = _offered(answers, situation) or (situation.placeholder,)
    if kind and not any(_may_hang_from(kind, toolkit) for toolkit in toolkits):
        return f"{type_name(kind)} cannot be a RAR toolkit session. Select no, or go back and change the type"
    return ""
