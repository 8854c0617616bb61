"""View of the schedule of a person on probation."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from booking.access import case_of, username_of
from booking.permissions import ARRANGE, SEE_CASES
from booking.presenters.schedule import schedule_page
from booking.views.decorators import staff_record_required
from booking.views.pagination import page_number, require_page
from booking.views.risk_flags import shown_flags
from delius import selectors as delius
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
    context = {
        "person": case,
        "schedule": schedule_page(found, crn=crn, page=page, toolkits=toolkits.all_toolkits()),
        "risk_flags": shown_flags(found.risk_flags),
        "may_arrange": request.user.has_perm(ARRANGE),
        "back_url": reverse("booking:cases"),
    }
    return render(request, "booking/schedule.html.jinja", context)
