"""The risk flags on a person's record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from booking.formats import short_date
from delius.records import Registration

MOST_NOTES = 150
AT_LAST_TERMINATION = "at last termination"


@dataclass(frozen=True)
class FlagRow:
    """A flag. `notes` are cut where they are long, and `more_notes` is then the whole; `when` is a day in words."""

    code: str
    name: str
    notes: str
    more_notes: str
    when: str


@dataclass(frozen=True)
class RiskFlags:
    """A person's flags: those that stand, with the day of their review, and those removed, with the day of that."""

    current: list[FlagRow]
    removed: list[FlagRow]


def risk_flags(registrations: Sequence[Registration] | None) -> RiskFlags | None:
    """Return a person's flags in alphabetical order, those at last termination last; None where they are not known."""
    if registrations is None:
        return None
    ordered = sorted(registrations, key=_order)
    return RiskFlags(
        current=[_row(each, each.next_review_date) for each in ordered if each.active],
        removed=[_row(each, each.end_date) for each in ordered if not each.active],
    )


def _order(flag: Registration) -> tuple[bool, str, str]:
    name = flag.description.casefold()
    return AT_LAST_TERMINATION in name, name, flag.type_code


def _row(flag: Registration, when: date | None) -> FlagRow:
    notes = " ".join(flag.notes.split())
    is_long = len(notes) > MOST_NOTES
    cut = notes[:MOST_NOTES].rsplit(" ", 1)[0] if is_long else notes
    return FlagRow(
        code=flag.type_code,
        name=flag.description or flag.type_code,
        notes=f"{cut}…" if is_long else cut,
        more_notes=flag.notes if is_long else "",
        when=short_date(when) if when else "",
    )
