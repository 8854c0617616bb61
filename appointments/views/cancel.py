"""View of calling an appointment off."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.presenters.cancel import cancel_page
from cases.access import case_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE
from cases.presenters.links import contact_log_url
from delius import selectors as delius
from delius.errors import DeliusError
from delius.records import OutcomeType


@require_safe
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def cancel(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Say how an appointment is called off: by an outcome of its type, from its start on; or not here."""
    case = case_of(request, crn)
    appointment = delius.appointment(crn, contact_id, username=username_of(request))
    context = cancel_page(
        appointment,
        case,
        outcomes=_calling_off(appointment.type.code),
        has_begun=appointment.has_begun(timezone.now()),
        delius_url=contact_log_url(crn),
    )
    return render(request, "appointments/cancel.html.jinja", context)


def _calling_off(type_code: str) -> list[OutcomeType] | None:
    try:
        outcomes = delius.outcome_types(type_code)
    except DeliusError:
        return None
    return [each for each in outcomes if each.code in settings.CANCELLATION_OUTCOMES]
