"""The schedule of a person on probation."""

import re

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from booking.access import case_of, staff_of
from booking.permissions import ARRANGE, SEE_CASES
from booking.presenters.schedule import schedule_page
from booking.views.for_staff import for_staff
from booking.views.risk_flags import flags_of
from delius import selectors as delius
from toolkits import selectors as toolkits

PAGE = re.compile(r"[1-9][0-9]{0,3}")


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def schedule(request: HttpRequest, crn: str) -> HttpResponse:
    """What is coming, and what has been, from Delius."""
    case = case_of(request, crn, staff=staff_of(request))
    asked = request.GET.get("page", "1")
    if not PAGE.fullmatch(asked):
        raise Http404
    page = int(asked)
    found = delius.schedule(crn, page=page - 1)
    if page > max(found.past_pages, 1):
        raise Http404
    context = {
        "person": case.person,
        "schedule": schedule_page(found, crn=crn, page=page, toolkits=toolkits.all_toolkits()),
        "risk_flags": flags_of(crn),
        "may_arrange": request.user.has_perm(ARRANGE),
        "back_url": reverse("booking:cases"),
    }
    return render(request, "booking/schedule.html.jinja", context)
