"""View of the risk flags of a person on probation."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.access import case_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import SEE_CASES
from cases.presenters.risk_flags import FlagRow, risk_flags
from delius import selectors as delius
from delius.errors import DeliusError
from delius.reads.parallel import ReadResult
from delius.records import RiskFlag


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def flags(request: HttpRequest, crn: str) -> HttpResponse:
    """Show a person's risk flags, each with a link to its guidance."""
    case = case_of(request, crn)
    shown = flags_of(crn, username=username_of(request))
    context = {"person": case, "risk_flags": shown, "back_url": reverse("booking:cases")}
    return render(request, "appointments/risk-flags.html.jinja", context)


def flags_of(crn: str, *, username: str) -> list[FlagRow] | None:
    """Return the rows of a person's flags; None where Delius does not answer."""
    try:
        return risk_flags(delius.risk_flags(crn, username=username))
    except DeliusError:
        return None


def shown_flags(found: ReadResult[tuple[RiskFlag, ...]]) -> list[FlagRow] | None:
    """Return the rows of flags that were already read; None where that failed."""
    return risk_flags(found.get()) if found.error is None else None
