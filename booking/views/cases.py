"""View of *Your cases*."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from booking import selectors
from booking.forms.cases import DEFAULTS, FindForm
from booking.presenters.cases import case_row, news_of, told_apart
from booking.views import case_search
from cases import auditing
from cases.access import NoStaffRecord, case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from delius import selectors as delius
from delius.errors import NotFound
from delius.records import CasePage
from delius.selectors import CaseScope, CasesOnly
from govuk.pagination import page_number, pagination, require_page

NARROWED_BY = {
    CasesOnly.OUTCOMES_TO_RECORD: "an outcome to record",
    CasesOnly.RAR_DAYS_AT_RISK: "RAR days at risk",
}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def cases(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's cases, or redirect to another case that they may see by its CRN.

    A POST stores the search and redirects to its results.
    """
    query_values = {**DEFAULTS, **request.GET.dict(), "find": case_search.stored_search(request)}
    form = FindForm(request.POST if request.method == "POST" else query_values)
    if form.is_valid() and request.method == "POST":
        return redirect(case_search.store(request, words=form.words, choices=form.query))
    page = page_number(request)
    found = _found(request, form, page=page)
    require_page(page, of=found.total_pages)
    if form.crn and not found.total_elements:
        try:
            case_of(request, form.crn)
        except NotFound:
            form.add_error("find", f"You do not have a case with the CRN {form.crn}. Check it and try again")
        else:
            return redirect("appointments:person", form.crn)
    # Whether a case of one's team has limited access is told to its manager alone (cases/access.py).
    shown = [each for each in found.cases if form.scope is CaseScope.USER or not each.access.limited]
    work = selectors.work_under_way(user_id=user_id_of(request))
    may_arrange = request.user.has_perm(ARRANGE)
    under_way = {each.crn: each for each in work.bookings if each.is_under_way}
    rows = [
        case_row(
            case,
            has_draft=case.crn in work.drafts,
            may_arrange=may_arrange,
            under_way=under_way.get(case.crn),
        )
        for case in shown
    ]
    query = case_search.query_for(words=form.words, choices=form.query)
    context = {
        "rows": told_apart(rows, shown),
        "number_found": found.total_elements - len(found.cases) + len(shown),
        "page": page,
        "pages": found.total_pages,
        "pagination": pagination(
            reverse("booking:cases"), page=page, pages=found.total_pages, label="Your cases", query=query
        ),
        "news": news_of(work.bookings),
        "form": form,
        "has_errors": bool(form.errors),
        "finding": bool(form["find"].value()),
        "narrowed": bool(form["find"].value() or form.only),
        "narrowed_by": NARROWED_BY.get(form.only) if form.only else "",
        "may_arrange": may_arrange,
        "of_teams": form.scope is CaseScope.TEAMS,
    }
    return render(request, "booking/cases.html.jinja", context)


def _found(request: HttpRequest, form: FindForm, *, page: int) -> CasePage:
    """Return a page of the cases that the form selects, and record an audit event. Raises NoStaffRecord."""
    username = username_of(request)
    try:
        found = delius.cases(
            username, search=form.words, sort=form.sort, page=page - 1, scope=form.scope, only=form.only
        )
    except NotFound:
        raise NoStaffRecord from None
    auditing.caseload_viewed(request, username=username, cases=found.total_elements, scope=form.scope)
    return found
