"""Names of offices, and where a type of appointment takes place."""

from collections.abc import Callable, Iterable, Sequence

from cases.presenters.appointment_types import AWAY_FROM_OFFICES
from cases.presenters.distinguishing import Described, distinct_names
from delius.records import Appointment, AppointmentType, LocationRule, Office


def office_names(offices: Iterable[Office]) -> dict[str, str]:
    """Return the names to tell offices by, by code: with the address where another has the same name."""
    described = {each.code: Described(each.label, [each.address]) for each in offices}
    return distinct_names(described, noun="office")


def offices_of(appointments: Iterable[Appointment]) -> dict[str, str]:
    """Return the names to tell the offices of several appointments by, by code."""
    return office_names({each.office.code: each.office for each in appointments if each.office}.values())


def office_name(office: Office, offices: Iterable[Office]) -> str:
    """Return the name to tell an office by among `offices`, of which it is one."""
    return office_names(offices).get(office.code) or office.label


def is_asked_for(kind: AppointmentType, read_offices: Callable[[], Sequence[Office]]) -> bool:
    """Return whether an appointment of a type has a location to choose. The team's offices are read where they decide.

    A location that is required is asked for also where there is no office, to say so.
    """
    if kind.location is LocationRule.NOT_ALLOWED:
        return False
    if kind.location is LocationRule.OPTIONAL:
        return kind.code not in AWAY_FROM_OFFICES and bool(read_offices())
    return len(read_offices()) != 1


def only_office(kind: AppointmentType, read_offices: Callable[[], Sequence[Office]]) -> Office | None:
    """Return the one office that an appointment of a type can be at, which is not asked for; None where it is asked."""
    if kind.location is not LocationRule.REQUIRED:
        return None
    offices = read_offices()
    return offices[0] if len(offices) == 1 else None
