"""*Your cases*."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from booking import auditing, selectors
from booking.access import NoStaffRecord, case_of, user_id_of, username_of
from booking.forms.cases import BY_NAME, FindForm
from booking.permissions import ARRANGE, SEE_CASES
from booking.presenters.cases import case_row, news_of
from booking.presenters.pagination import pagination
from booking.views import case_search
from booking.views.for_staff import for_staff
from booking.views.pages import insist_on, page_asked_for
from delius import selectors as delius
from delius.errors import NotFound
from delius.records import CasePage


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def cases(request: HttpRequest) -> HttpResponse:
    """*Your cases*: a page of the cases that the signed-in person manages, and whoever else they may see by their CRN.

    A POST looks for somebody, and leads to the list of whoever was found.
    """
    kept = {"order": BY_NAME, **request.GET.dict(), "find": case_search.words_for(request)}
    form = FindForm(request.POST if request.method == "POST" else kept)
    if form.is_valid() and request.method == "POST":
        return redirect(case_search.keep(request, words=form.words, order=form.chosen_order))
    page = page_asked_for(request)
    found = _found(request, form, page=page)
    insist_on(page, of=found.total_pages)
    if form.crn and not found.total_elements:
        try:
            case_of(request, form.crn)
        except NotFound:
            form.add_error("find", f"You do not have a case with the CRN {form.crn}. Check it and try again")
        else:
            return redirect("booking:schedule", form.crn)
    bookings = selectors.bookings_with_news(user_id=user_id_of(request))
    with_drafts = selectors.cases_with_drafts(user_id=user_id_of(request))
    under_way = {each.crn: each for each in bookings if each.is_under_way}
    rows = [
        case_row(
            case,
            has_draft=case.crn in with_drafts,
            may_arrange=request.user.has_perm(ARRANGE),
            under_way=under_way.get(case.crn),
        )
        for case in found.cases
    ]
    query = case_search.query_for(words=form.words, order=form.chosen_order)
    context = {
        "rows": rows,
        "number_found": found.total_elements,
        "page": page,
        "pages": found.total_pages,
        "pagination": pagination(
            reverse("booking:cases"), page=page, pages=found.total_pages, label="Your cases", query=query
        ),
        "news": news_of(bookings),
        "form": form,
        "has_errors": bool(form.errors),
        "finding": bool(form["find"].value()),
    }
    return render(request, "booking/cases.html.jinja", context)


def _found(request: HttpRequest, form: FindForm, *, page: int) -> CasePage:
    """Return a page of the cases that the form asks for, and tell the audit. Raises NoStaffRecord."""
    username = username_of(request)
    try:
        found = delius.cases(username, search=form.words, sort=form.sort, page=page - 1)
    except NotFound:
        raise NoStaffRecord from None
    auditing.caseload_viewed(request, username=username, cases=found.total_elements)
    return found
