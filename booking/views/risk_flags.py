"""The risk flags of a person on probation."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from booking.access import case_of, staff_of
from booking.permissions import SEE_CASES
from booking.presenters.risk_flags import RiskFlags, risk_flags
from booking.views.for_staff import for_staff
from delius import selectors as delius
from delius.errors import DeliusError


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def flags(request: HttpRequest, crn: str) -> HttpResponse:
    """The flags on a person's record, each with the way to its guidance."""
    case = case_of(request, crn, staff=staff_of(request))
    context = {"person": case.person, "risk_flags": flags_of(crn), "back_url": reverse("booking:cases")}
    return render(request, "booking/risk-flags.html.jinja", context)


def flags_of(crn: str) -> RiskFlags | None:
    """Return a person's flags as they are shown, None where Delius cannot say."""
    try:
        return risk_flags(delius.risk_flags(crn))
    except DeliusError:
        return None
