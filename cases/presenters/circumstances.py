"""The personal circumstances shown beside the date and time."""

from dataclasses import dataclass

from delius.records import Case, Circumstance, Disability, Language
from govuk.formats import short_date


@dataclass(frozen=True)
class Fact:
    """A label of the panel, and its values."""

    label: str
    lines: list[str]


def circumstances(case: Case) -> list[Fact]:
    """Return a person's language, disabilities and employment."""
    disabilities = [_disability(each) for each in case.disabilities if each.description]
    work = [_job(each) for each in case.circumstances if each.is_employment and each.description]
    return [
        Fact("Language", _language(case.language or Language())),
        Fact("Disabilities and adjustments", disabilities or ["None recorded"]),
        Fact("Employment", work or ["None recorded"]),
    ]


def _language(language: Language) -> list[str]:
    lines = [language.preferred or "Not recorded"]
    if language.interpreter_required:
        lines.append("Interpreter required")
    if language.notes:
        lines.append(language.notes)
    return lines


def _disability(disability: Disability) -> str:
    text = _with_notes(disability.description, disability.notes)
    if not disability.adjustments:
        return f"{text}. No adjustments recorded"
    return f"{text}. Adjustments: {', '.join(disability.adjustments)}"


def _job(circumstance: Circumstance) -> str:
    text = _with_notes(circumstance.description, circumstance.notes)
    return f"{text}, since {short_date(circumstance.start_date)}" if circumstance.start_date else text


def _with_notes(text: str, notes: str) -> str:
    return f"{text} ({notes.rstrip('.')})" if notes else text
