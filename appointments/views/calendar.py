"""View of an appointment in a calendar."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import selectors
from cases.access import case_of, username_of
from cases.calendar import calendar_answer, entry_of, uid_of
from cases.decorators import staff_record_required
from cases.permissions import SEE_CASES
from delius import selectors as delius


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def calendar(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Send an appointment as an iCalendar file. One that was moved here moves in the calendar that has it."""
    case_of(request, crn)
    username = username_of(request)
    appointment = delius.appointment(crn, contact_id, username=username)
    first_id, moves = selectors.first_of_moves(crn=crn, contact_id=contact_id)
    first = delius.appointment(crn, first_id, username=username) if moves else appointment
    return calendar_answer([entry_of(appointment, uid=uid_of(first), moves=moves, stamp=timezone.now())])
