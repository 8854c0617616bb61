"""A person's circumstances, for choosing a time that suits them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from booking.formats import short_date
from delius.records import Adjustment, Disability, Person, PersonalCircumstance


@dataclass(frozen=True)
class Fact:
    """A line of the panel: what it is about, and what is known, each on a line of its own."""

    label: str
    lines: list[str]


def circumstances(person: Person, work: Sequence[PersonalCircumstance] | None, *, on: date) -> list[Fact]:
    """Return what is known on a day of a person's language, disabilities and work; `work` is None if not readable."""
    return [
        Fact("Language", _language(person)),
        Fact("Disabilities and adjustments", _disabilities(person, on)),
        Fact("Employment", _work(work)),
    ]


def _language(person: Person) -> list[str]:
    languages = person.languages
    if languages is None or not (languages.primary or languages.requires_interpreter):
        return ["Not recorded"]
    lines = [languages.primary or "Not recorded"]
    if languages.requires_interpreter:
        lines.append("Interpreter required")
    if languages.others:
        lines.append(f"Also speaks {', '.join(languages.others)}")
    if languages.concerns:
        lines.append(languages.concerns)
    return lines


def _disabilities(person: Person, on: date) -> list[str]:
    current = [each for each in person.disabilities if each.description and not _over(each.end_date, on)]
    return [_disability(each, on) for each in current] or ["None recorded"]


def _disability(disability: Disability, on: date) -> str:
    adjustments = [each for each in disability.adjustments if each.description and not _over(each.end_date, on)]
    text = _with_notes(disability.description, disability.notes)
    if not adjustments:
        return f"{text}. No adjustments recorded"
    return f"{text}. Adjustments: {', '.join(_adjustment(each) for each in adjustments)}"


def _adjustment(adjustment: Adjustment) -> str:
    return _with_notes(adjustment.description, adjustment.notes)


def _work(work: Sequence[PersonalCircumstance] | None) -> list[str]:
    if work is None:
        return ["We cannot see this at the moment"]
    return [_job(each) for each in work if each.description] or ["None recorded"]


def _job(circumstance: PersonalCircumstance) -> str:
    text = _with_notes(circumstance.description, circumstance.notes)
    return f"{text}, since {short_date(circumstance.start_date)}" if circumstance.start_date else text


def _with_notes(text: str, notes: str) -> str:
    return f"{text} ({notes.rstrip('.')})" if notes else text


def _over(end: date | None, on: date) -> bool:
    return end is not None and end < on
