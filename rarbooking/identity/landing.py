"""The first page of each role: where its work is."""

from typing import Any

from cases.permissions import SEE_CASES
from govuk.cached_urls import url_of
from guidance.permissions import READ_GUIDANCE

# The first permission that a person has decides: whoever sees cases begins with them, whatever else they may do.
LANDINGS = (
    (SEE_CASES, "booking:cases"),
    ("guidance.change_toolkitguidance", "admin:index"),
    ("toolkits.change_toolkit", "admin:toolkits_toolkit_changelist"),
    ("booking.view_booking", "admin:booking_booking_changelist"),
    (READ_GUIDANCE, "guidance:index"),
)


def landing_url(user: Any) -> str:
    """Return the URL of a user's first page; that of the case list, which is refused, for a user without a role."""
    names = (name for permission, name in LANDINGS if user.has_perm(permission))
    return url_of(next(names, "booking:cases"))
