"""Presenter of risk flags."""

from collections.abc import Iterable
from dataclasses import dataclass

from delius.records import RiskFlag
from govuk.formats import short_date
from govuk.sorting import SortKey, sort_key

MAX_NOTES = 150
AT_LAST_TERMINATION = "at last termination"


@dataclass(frozen=True)
class FlagRow:
    """A flag. `notes` are truncated to MAX_NOTES, and `more_notes` is then the full text; `review` is a date."""

    code: str
    name: str
    notes: str
    more_notes: str
    review: str


def risk_flags(flags: Iterable[RiskFlag]) -> list[FlagRow]:
    """Return the rows of flags in alphabetical order, those at last termination last."""
    return [_row(each) for each in sorted(flags, key=_order)]


def _order(flag: RiskFlag) -> tuple[bool, SortKey]:
    name = flag.type.description
    return AT_LAST_TERMINATION in name.casefold(), sort_key(name, flag.type.code)


def _row(flag: RiskFlag) -> FlagRow:
    notes = " ".join(flag.notes.split())
    is_long = len(notes) > MAX_NOTES
    cut = notes[:MAX_NOTES].rsplit(" ", 1)[0] if is_long else notes
    return FlagRow(
        code=flag.type.code,
        name=flag.type.label,
        notes=f"{cut}…" if is_long else cut,
        more_notes=flag.notes if is_long else "",
        review=short_date(flag.next_review_date) if flag.next_review_date else "",
    )
