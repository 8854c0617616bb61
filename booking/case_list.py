"""Finding people in a caseload, and putting them in order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from delius.records import Contact
from delius.selectors import CaseloadPerson

BY_NAME = "name"
BY_NEXT = "next-appointment"
ORDERS: dict[str, str] = {
    BY_NAME: "Name",
    "crn": "CRN",
    "days-left": "Fewest RAR days left",
    "most-days-left": "Most RAR days left",
    BY_NEXT: "Next appointment",
}


def matching(people: Iterable[CaseloadPerson], query: str) -> list[CaseloadPerson]:
    """Return the people whose name or CRN holds every word of `query`; everybody for an empty one.

    Of somebody with limited access only the CRN is looked at: nothing else is known of them.
    """
    words = query.casefold().split()
    return [person for person in people if all(word in f"{person.name} {person.crn}".casefold() for word in words)]


def in_order(people: Iterable[CaseloadPerson], order: str) -> list[CaseloadPerson]:
    """Return people in one of ORDERS but that by next appointment; those of whom the RAR days are not known come last.

    By name means in the order in which they come, which is by surname.
    """
    keys: dict[str, Callable[[CaseloadPerson], Any]] = {
        "crn": lambda person: person.crn,
        "days-left": lambda person: _known_first(days_left(person), 1),
        "most-days-left": lambda person: _known_first(days_left(person), -1),
    }
    return sorted(people, key=keys[order]) if order in keys else list(people)


def by_next_appointment(
    people: Iterable[CaseloadPerson], appointments: Mapping[str, Contact | None]
) -> list[CaseloadPerson]:
    """Return people, soonest next appointment first; then those without one, then those of whom it is not known."""

    def soonest(person: CaseloadPerson) -> tuple[bool, bool, float]:
        contact = appointments.get(person.crn)
        start = contact.start if contact else None
        return person.crn not in appointments, start is None, start.timestamp() if start else 0.0

    return sorted(people, key=soonest)


def days_left(person: CaseloadPerson) -> int | None:
    """Return the RAR days ordered and not completed, or None where that is not known or nothing was ordered."""
    known = [max(ordered - completed, 0) for completed, ordered in person.rar if ordered is not None]
    return sum(known) if known else None


def _known_first(days: int | None, sign: int) -> tuple[bool, int]:
    return (days is None, sign * (days or 0))
