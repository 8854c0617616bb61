"""View of one appointment."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import selectors
from appointments.presenters.appointment import appointment_page
from appointments.services.texts.asking import may_be_texted
from appointments.services.texts.notify import texts_are_on
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from delius import selectors as delius


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def appointment(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Show what Delius has of an appointment, what is under way, and what can be done with it now."""
    case = case_of(request, crn)
    context = appointment_page(
        case,
        delius.appointment(crn, contact_id, username=username_of(request)),
        unsettled=selectors.unsettled_change(crn=crn, contact_id=contact_id),
        user_id=user_id_of(request),
        now=timezone.now(),
        may_arrange=request.user.has_perm(ARRANGE),
        text=selectors.text_of_appointment(contact_id) if texts_are_on() else None,
        may_text=may_be_texted(case),
    )
    return render(request, "appointments/appointment.html.jinja", context)
