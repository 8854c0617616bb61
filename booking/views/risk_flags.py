"""The risk flags of a person on probation."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from booking.access import case_of, username_of
from booking.permissions import SEE_CASES
from booking.presenters.risk_flags import FlagRow, risk_flags
from booking.views.for_staff import for_staff
from delius import selectors as delius
from delius.errors import DeliusError
from delius.reads.parallel import Outcome
from delius.records import RiskFlag


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def flags(request: HttpRequest, crn: str) -> HttpResponse:
    """The flags on a person's record, each with the way to its guidance."""
    case = case_of(request, crn)
    shown = flags_of(crn, username=username_of(request))
    context = {"person": case, "risk_flags": shown, "back_url": reverse("booking:cases")}
    return render(request, "booking/risk-flags.html.jinja", context)


def flags_of(crn: str, *, username: str) -> list[FlagRow] | None:
    """Return a person's flags as they are shown, None where Delius cannot say."""
    try:
        return risk_flags(delius.risk_flags(crn, username=username))
    except DeliusError:
        return None


def shown_flags(found: Outcome[tuple[RiskFlag, ...]]) -> list[FlagRow] | None:
    """Return flags that were read elsewhere as they are shown, None where Delius could not say."""
    return risk_flags(found.get()) if found.error is None else None
