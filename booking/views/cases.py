"""*Your cases*."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from booking import auditing, searched, selectors
from booking.access import case_of, staff_of, user_id_of
from booking.case_list import BY_NAME, BY_NEXT, by_next_appointment, in_order, matching
from booking.forms.cases import FindForm
from booking.permissions import ARRANGE, SEE_CASES
from booking.presenters.cases import case_row, news_of
from booking.services.states import UNDER_WAY
from booking.views.for_staff import for_staff
from delius import selectors as delius
from delius.errors import NotFound
from delius.records import Contact


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def cases(request: HttpRequest) -> HttpResponse:
    """*Your cases*: the signed-in person's caseload, and whoever else they may see by their CRN.

    A POST looks for somebody, and leads to the list of whoever was found.
    """
    if request.method == "POST":
        form = FindForm(request.POST)
        if form.is_valid():
            words, order = form.cleaned_data["find"], form.cleaned_data["order"]
            return redirect(searched.keep(request, words=words, order=order))
    else:
        form = FindForm({"order": BY_NAME, **request.GET.dict(), "find": searched.words_for(request)})
    staff = staff_of(request, may_be_stale=True)
    caseload = delius.caseload(staff, limit=settings.DELIUS_CASELOAD_LIMIT)
    staff_code = staff.staff_code or ""
    auditing.caseload_viewed(request, staff_code=staff_code, cases=len(caseload.people))
    people = list(caseload.people)
    appointments: dict[str, Contact | None] | None = None
    if form.is_valid():
        people = in_order(matching(people, form.cleaned_data["find"]), form.cleaned_data["order"])
        if form.cleaned_data["order"] == BY_NEXT:
            appointments = delius.next_appointments([each.crn for each in people if not each.access_message])
            people = by_next_appointment(people, appointments)
        if not people and form.crn:
            try:
                case_of(request, form.crn, staff=staff_of(request))
            except NotFound:
                form.add_error("find", f"You do not have a case with the CRN {form.crn}. Check it and try again")
            else:
                return redirect("booking:schedule", form.crn)
    with_drafts = selectors.cases_with_drafts(user_id=user_id_of(request))
    bookings = selectors.bookings_with_news(user_id=user_id_of(request))
    under_way = {each.crn: each for each in bookings if each.state in UNDER_WAY}
    rows = [
        case_row(
            person,
            has_draft=person.crn in with_drafts,
            may_arrange=request.user.has_perm(ARRANGE),
            under_way=under_way.get(person.crn),
            appointments=appointments,
        )
        for person in people
    ]
    news = news_of(bookings)
    return render(
        request,
        "booking/cases.html.jinja",
        {
            "rows": rows,
            "caseload_size": len(caseload.people),
            "truncated": caseload.truncated,
            "news": news,
            "shows_next": appointments is not None,
            "form": form,
            "has_errors": bool(form.errors),
            "finding": bool(form["find"].value()),
        },
    )
