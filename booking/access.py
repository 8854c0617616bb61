"""May this person work on this case? Every view of a case asks here first."""

from typing import cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from booking import auditing
from delius import selectors as delius
from delius.errors import Forbidden, NotFound
from delius.records import StaffMember
from delius.selectors import Case


class NoStaffRecord(Exception):
    """The signed-in person has no staff record in Delius, so has no cases and cannot be named on an appointment."""


def username_of(request: HttpRequest) -> str:
    """Return the HMPPS Auth user name of the signed-in person."""
    return cast(AbstractBaseUser, request.user).get_username()


def user_id_of(request: HttpRequest) -> int:
    """Return the id of the signed-in person's own row."""
    return cast(int, request.user.pk)


def staff_of(request: HttpRequest, *, may_be_stale: bool = False) -> StaffMember:
    """Return the staff record of the signed-in person. Raises NoStaffRecord.

    One that `may_be_stale` must not decide which cases the person may see, nor be written to Delius.
    """
    staff = delius.staff_member(username_of(request), may_be_stale=may_be_stale)
    if staff is None:
        raise NoStaffRecord
    return staff


def case_of(request: HttpRequest, crn: str, *, staff: StaffMember) -> Case:
    """Return a case that the signed-in person may see: one that they, or one of their teams, manage.

    Raises NotFound for any other case, exactly as for one that does not exist; Forbidden, with Delius's own
    message, for a person on probation whose record has limited access. The audit is told either way.
    """
    try:
        case = _allowed_case(request, crn, staff=staff)
    except (NotFound, Forbidden) as refusal:
        auditing.case_refused(request, crn, why=type(refusal).__name__)
        raise
    auditing.case_viewed(request, crn)
    return case


def _allowed_case(request: HttpRequest, crn: str, *, staff: StaffMember) -> Case:
    try:
        case = delius.case(crn, username=username_of(request))
    except Forbidden:
        # Only the person's own manager is told why: to anybody else the record is as if it were not there.
        if crn not in {each.crn for each in delius.caseload(staff, limit=settings.DELIUS_CASELOAD_LIMIT).people}:
            raise NotFound("person") from None
        raise
    manager = case.person.active_manager
    own = manager is not None and manager.staff_code == staff.staff_code
    team_codes = {team.code for team in staff.teams}
    teams = manager is not None and manager.team is not None and manager.team.code in team_codes
    if not (own or teams):
        raise NotFound("person")
    return case
