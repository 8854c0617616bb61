"""View of the page of a person on probation."""

from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import selectors
from appointments.presenters.changes import news_of
from appointments.presenters.person import person_page
from appointments.services.texts.notify import texts_are_on
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from delius import selectors as delius

# How long after its appointment a text is still shown.
SHOWN_FOR = timedelta(days=1)


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def person(request: HttpRequest, crn: str) -> HttpResponse:
    """Show who a person is, their RAR days, and what is to be done: each part also where another cannot be read."""
    case = case_of(request, crn)
    found = delius.overview(crn, username=username_of(request))
    may_arrange, now = request.user.has_perm(ARRANGE), timezone.now()
    changes = [each for each in selectors.changes_to_report(user_id=user_id_of(request)) if each.crn == crn]
    texts = selectors.texts_of_case(crn=crn, since=now - SHOWN_FOR) if texts_are_on() else []
    context = {
        "person": case,
        "news": news_of(changes),
        "overview": person_page(case, found, now=now, may_arrange=may_arrange, changes=changes, texts=texts),
        "may_arrange": may_arrange,
        "back_url": reverse("booking:cases"),
    }
    return render(request, "appointments/person.html.jinja", context)
