"""Names of appointment types, and the types that practitioners arrange most."""

from collections.abc import Iterable

from cases.presenters.distinguishing import Described, distinct_names
from delius.records import AppointmentType, CodeDescription, LocationRule

# The types that practitioners arrange most, with the names they use for them, in the order they are offered.
FEATURED_TYPES = (
    ("COAP", "Office visit"),
    ("CHVS", "Home visit"),
    ("COVC", "Video call"),
    ("COPT", "Phone call"),
)
FEATURED_NAMES = dict(FEATURED_TYPES)
# Types that never take place at an office, although Delius allows one to be recorded.
AWAY_FROM_OFFICES = frozenset({"CHVS", "COVC", "COPT"})
_PLACES = {
    LocationRule.REQUIRED: "at an office",
    LocationRule.OPTIONAL: "with or without an office",
    LocationRule.NOT_ALLOWED: "not at an office",
}


def type_name(kind: AppointmentType | CodeDescription) -> str:
    """Return the display name of an appointment type."""
    return FEATURED_NAMES.get(kind.code) or kind.label


def type_names(kinds: Iterable[AppointmentType]) -> dict[str, str]:
    """Return the names to tell types by, by code: with where it takes place if another is called the same."""
    described = {each.code: Described(type_name(each), [_PLACES[each.location]]) for each in kinds}
    return distinct_names(described, noun="type")
