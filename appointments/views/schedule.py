"""View of the schedule of a person on probation."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.presenters.schedule import schedule_page
from appointments.views.risk_flags import shown_flags
from cases.access import case_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from delius import selectors as delius
from govuk.pagination import page_number, require_page
from toolkits import selectors as toolkits


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def schedule(request: HttpRequest, crn: str) -> HttpResponse:
    """Show coming and past appointments."""
    case = case_of(request, crn)
    page = page_number(request)
    found = delius.schedule(crn, username=username_of(request), page=page - 1)
    require_page(page, of=found.past_pages)
    may_arrange = request.user.has_perm(ARRANGE)
    context = {
        "person": case,
        "schedule": schedule_page(
            found,
            crn=crn,
            page=page,
            now=timezone.now(),
            may_arrange=may_arrange,
            toolkits=toolkits.all_toolkits(),
        ),
        "risk_flags": shown_flags(found.risk_flags),
        "may_arrange": may_arrange,
        "back_url": reverse("booking:cases"),
    }
    return render(request, "appointments/schedule.html.jinja", context)
