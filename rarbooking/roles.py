"""Roles in HMPPS Auth, and the permissions that each gives: the only place that maps them.

HMPPS Auth names a role `RAR_BOOKING__RW`, and puts `ROLE_` before it in a token.
"""

from enum import StrEnum
from functools import cache
from typing import Any

from cases.permissions import ARRANGE, SEE_CASES
from guidance.permissions import READ_GUIDANCE

PREFIX = "ROLE_"


class Role(StrEnum):
    """A role, by its name in HMPPS Auth (at most 30 characters)."""

    READ_ONLY = "RAR_BOOKING__RO"
    READ_WRITE = "RAR_BOOKING__RW"
    CONTENT_DESIGNER = "RAR_GUIDANCE__RW"
    TOOLKIT_ADMINISTRATOR = "RAR_TOOLKITS__RW"
    SERVICE_SUPPORT = "RAR_SUPPORT__RW"

    @property
    def purpose(self) -> str:
        """What the role is for, as shown on pages."""
        return PURPOSES[self]


PURPOSES = {
    Role.READ_ONLY: "see cases, schedules and guidance",
    Role.READ_WRITE: "see cases and arrange appointments",
    Role.CONTENT_DESIGNER: "write guidance",
    Role.TOOLKIT_ADMINISTRATOR: "look after toolkits and which teams use them",
    Role.SERVICE_SUPPORT: "settle bookings and read the audit",
}


def _models(app: str, model: str, *actions: str) -> frozenset[str]:
    return frozenset(f"{app}.{action}_{model}" for action in actions)


ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.READ_ONLY: frozenset({SEE_CASES}),
    Role.READ_WRITE: frozenset({SEE_CASES, ARRANGE}),
    Role.CONTENT_DESIGNER: frozenset().union(
        _models("guidance", "toolkitguidance", "add", "change", "view"),
        _models("guidance", "riskflagguidance", "add", "change", "view"),
        _models("guidance", "feedback", "view", "delete"),
        _models("guidance", "zeroresultsearch", "view", "delete"),
    ),
    Role.TOOLKIT_ADMINISTRATOR: frozenset().union(
        _models("toolkits", "toolkit", "add", "change", "view"),
        _models("toolkits", "rollout", "add", "change", "delete", "view"),
        _models("toolkits", "toolkitlist", "add", "change", "view"),
        _models("booking", "journeycount", "view"),
    ),
    Role.SERVICE_SUPPORT: frozenset(
        {"booking.settle_booking", "appointments.settle_changes", "rarbooking.end_sessions"}
    ).union(
        _models("appointments", "changeattempt", "view"),
        _models("appointments", "changehistory", "view"),
        _models("appointments", "move", "view"),
        _models("appointments", "recordedoutcome", "view"),
        _models("appointments", "textmessage", "view"),
        _models("audit", "auditevent", "view"),
        _models("booking", "booking", "view"),
        _models("booking", "bookinghistory", "view"),
        _models("booking", "duplicatensis", "view"),
        _models("booking", "journeycount", "view"),
        _models("booking", "upstreamattempt", "view"),
        _models("delius", "mirrorcursor", "view"),
        _models("delius", "mirroredcontact", "view"),
        _models("delius", "mirrorednsi", "view"),
        _models("django_tasks_database", "dbtaskresult", "view"),
        _models("rarbooking", "user", "view"),
    ),
}
# Every role gives these.
BASE_PERMISSIONS = frozenset({READ_GUIDANCE})
ADMIN_ROLES = frozenset({Role.CONTENT_DESIGNER, Role.TOOLKIT_ADMINISTRATOR, Role.SERVICE_SUPPORT})


def roles_from_authorities(authorities: Any) -> frozenset[Role]:
    """Return our roles among the authorities of an access token; others, and malformed values, are ignored."""
    names = {str(each).removeprefix(PREFIX) for each in authorities} if isinstance(authorities, list) else set()
    return frozenset(role for role in Role if role.value in names)


@cache
def roles_of_names(names: str) -> frozenset[Role]:
    """Return the roles of a comma-separated list of names, as an account has them; others are ignored."""
    given = names.split(",")
    return frozenset(role for role in Role if role.value in given)


@cache
def permissions_for(roles: frozenset[Role]) -> frozenset[str]:
    """Return the permissions of a set of roles; none for no roles."""
    allowed = [ROLE_PERMISSIONS[role] for role in roles]
    return BASE_PERMISSIONS.union(*allowed) if allowed else frozenset()
