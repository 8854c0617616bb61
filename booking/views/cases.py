"""*Your cases*."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from booking import selectors
from booking.access import staff_of, user_id_of
from booking.presenters.cases import case_row, news_of
from booking.services.states import UNDER_WAY
from booking.views.for_staff import for_staff
from delius import selectors as delius


@require_safe
@for_staff
def cases(request: HttpRequest) -> HttpResponse:
    """*Your cases*: the signed-in person's caseload."""
    staff = staff_of(request)
    caseload = delius.caseload(staff, limit=settings.DELIUS_CASELOAD_LIMIT)
    with_drafts = selectors.cases_with_drafts(user_id=user_id_of(request))
    bookings = selectors.bookings_with_news(user_id=user_id_of(request))
    under_way = {each.crn: each for each in bookings if each.state in UNDER_WAY}
    rows = [
        case_row(person, has_draft=person.crn in with_drafts, under_way=under_way.get(person.crn))
        for person in caseload.people
    ]
    news = news_of(bookings)
    return render(
        request,
        "booking/cases.html.jinja",
        {"rows": rows, "truncated": caseload.truncated, "news": news},
    )
