"""Authorisation of users for cases. Every view of a case calls `case_of` first."""

from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from cases import auditing
from delius import selectors as delius
from delius.errors import LimitedAccess, NotFound
from delius.records import Case, Relation, Staff


class NoStaffRecord(Exception):
    """The user has no staff record in Delius, so has no cases and cannot be named on an appointment."""


def username_of(request: HttpRequest) -> str:
    """Return the HMPPS Auth user name of the signed-in user."""
    return cast(AbstractBaseUser, request.user).get_username()


def user_id_of(request: HttpRequest) -> int:
    """Return the primary key of the signed-in user."""
    return cast(int, request.user.pk)


def staff_of(request: HttpRequest) -> Staff:
    """Return the staff record of the signed-in user. Raises NoStaffRecord, Unavailable."""
    staff = delius.staff_member(username_of(request))
    if staff is None:
        raise NoStaffRecord
    return staff


def case_of(request: HttpRequest, crn: str) -> Case:
    """Return a case that the signed-in user may see: one that they, or one of their teams, manage. Audited.

    Raises NotFound for any other case, exactly as for one that does not exist; LimitedAccess, with Delius's own
    message, for a case of their own whose record has limited access; NoStaffRecord, instead of NotFound, for a user
    without a staff record; Unavailable, DeliusContractError.
    """
    try:
        case = _allowed_case(request, crn)
    except (NotFound, LimitedAccess, NoStaffRecord) as refusal:
        auditing.case_refused(request, crn, why=type(refusal).__name__)
        raise
    auditing.case_viewed(request, crn)
    return case


def _allowed_case(request: HttpRequest, crn: str) -> Case:
    try:
        case = delius.case(crn, username=username_of(request))
        # Only the case's own manager is told of limited access: for anybody else the record does not exist.
        if case.relation is Relation.OTHER or (case.access.limited and case.relation is not Relation.USER):
            raise NotFound("person")
    except NotFound:
        staff_of(request)
        raise
    if case.access.limited:
        raise LimitedAccess(case.access.message)
    return case
