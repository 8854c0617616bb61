"""The pages of the journey: parse, call, render."""

import re
import uuid
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import presenters, selectors
from booking.access import NoStaffRecord, case_of, staff_of, user_id_of
from booking.forms.steps import OFFICE_NOT_LISTED
from booking.journey.journey import Journey
from booking.journey.records import toolkit_records
from booking.journey.request import appointment_request
from booking.journey.situation import Situation
from booking.journey.steps import STEPS, Step
from booking.models import Booking, BookingState, Draft
from booking.services import confirm, drafts, progress
from booking.services.leases import Busy
from booking.services.states import UNDER_WAY
from delius import selectors as delius

STEPS_BY_SLUG = {step.slug: step for step in STEPS}
NSI_ID = re.compile(r"[0-9]{1,18}")
OUTCOME_TEMPLATES = {
    BookingState.BOOKED: "booking/booked.html.jinja",
    BookingState.REFUSED: "booking/not-booked.html.jinja",
    BookingState.CANCELLED: "booking/not-booked.html.jinja",
    BookingState.NEEDS_ATTENTION: "booking/needs-attention.html.jinja",
    BookingState.SETTLED: "booking/settled.html.jinja",
}


class View(Protocol):
    """A view function."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def for_staff(view: View) -> View:
    """Answer people who have no staff record in Delius with a page that says so."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoStaffRecord:
            return render(request, "booking/no-staff-record.html.jinja", status=403)

    return wrapped


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
        presenters.case_row(person, has_draft=person.crn in with_drafts, under_way=under_way.get(person.crn))
        for person in caseload.people
    ]
    news = [presenters.news(each) for each in bookings]
    return render(
        request,
        "booking/cases.html.jinja",
        {"rows": rows, "truncated": caseload.truncated, "news": news},
    )


@require_safe
@for_staff
def start(request: HttpRequest, crn: str) -> HttpResponse:
    """Go to the first question without an answer, or say why nothing can be arranged."""
    journey, draft = _journey(request, crn)
    being_saved = selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=draft.booking_id)
    if being_saved and being_saved.state in UNDER_WAY:
        return redirect("booking:booking", crn, being_saved.id)
    situation = journey.situation
    if not situation.events:
        return _cannot_arrange(request, situation, "no-sentence")
    if not situation.teams:
        return _cannot_arrange(request, situation, "no-provider")
    return _next(crn, journey)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def step(request: HttpRequest, crn: str, slug: str) -> HttpResponse:
    """Ask one question and keep its answer."""
    journey, draft = _journey(request, crn)
    asking = STEPS_BY_SLUG.get(slug)
    if asking is None:
        raise Http404
    # An answer that was typed is kept, even one that was sent before an earlier question was answered.
    if not (journey.may_visit(asking) or (request.method == "POST" and asking in journey.asked)):
        return _out_of_order(crn, journey)
    if request.method != "POST":
        return _ask(request, journey, asking, journey.form(asking))
    form = journey.form(asking, request.POST)
    if not form.is_valid():
        return _ask(request, journey, asking, form)
    if form.cleaned_data.get("office") == OFFICE_NOT_LISTED:
        return redirect("booking:location-not-listed", crn)
    after = journey.with_answer(asking, form)
    try:
        drafts.save_answers(draft=draft, journey=after)
    except drafts.WaitingForBooking:
        return redirect("booking:booking", crn, draft.booking_id)
    return _next(crn, after, answered=asking if journey.may_visit(asking) else None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def check(request: HttpRequest, crn: str) -> HttpResponse:
    """*Check your answers*, and confirming them."""
    if request.method == "POST" and (known := _confirmed_before(request, crn)):
        case_of(request, crn, staff=staff_of(request))
        return _carry_on(request, known)
    journey, draft = _journey(request, crn)
    if not draft.answers and (last_made := selectors.made_just_now(user_id=user_id_of(request), crn=crn)):
        return redirect("booking:booking", crn, last_made.id)
    if journey.first_unfinished or not journey.situation.teams or not journey.situation.events:
        return _out_of_order(crn, journey)
    if request.method == "POST" and request.POST.get("answers") == draft.fingerprint:
        return _confirm(request, journey, draft)
    problem = presenters.check_problem(
        presenters.CHANGED if request.method == "POST" else request.GET.get("problem", "")
    )
    records = toolkit_records(journey.answers, journey.situation)
    return render(
        request,
        "booking/check.html.jinja",
        {
            "person": journey.situation.case.person,
            "rows": presenters.check_rows(journey, records),
            "shown_nsi_id": records.shown_nsi_id if records else None,
            "booking_id": draft.booking_id,
            "fingerprint": draft.fingerprint,
            "has_errors": bool(problem),
            "problem": problem,
            "back_url": presenters.step_url(crn, journey.asked[-1]),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """What became of a booking; a POST looks again at one that is not settled."""
    case = case_of(request, crn, staff=staff_of(request))
    found = _own_booking(request, crn, booking_id)
    if request.method == "POST":
        return _carry_on(request, found)
    confirm.outcome_seen(found)
    shown = presenters.confirmation(found, case.person, may_cancel=confirm.may_cancel(found))
    template = OUTCOME_TEMPLATES.get(BookingState(found.state), "booking/under-way.html.jinja")
    updates = request.GET.get("updates") != "off"
    return render(request, template, {"person": case.person, "booking": shown, "updates": updates})


@require_safe
@for_staff
def booking_state(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Whether a booking is still under way, for the page that waits for it."""
    return JsonResponse({"under_way": _own_booking(request, crn, booking_id).state in UNDER_WAY})


@require_POST
@for_staff
def cancel(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Take a booking back that has made no appointment; its answers are kept."""
    confirm.let_go(_own_booking(request, crn, booking_id).id)
    return redirect("booking:booking", crn, booking_id)


@require_safe
@for_staff
def location_not_listed(request: HttpRequest, crn: str) -> HttpResponse:
    """Say what to do where the place is not one of the team's offices."""
    case = case_of(request, crn, staff=staff_of(request))
    return render(request, "booking/location-not-listed.html.jinja", {"person": case.person})


@require_POST
@for_staff
def discard(request: HttpRequest, crn: str) -> HttpResponse:
    """Forget the answers given so far and start again."""
    case_of(request, crn, staff=staff_of(request))
    draft = selectors.draft_of(user_id=user_id_of(request), crn=crn)
    try:
        drafts.discard(draft=draft)
    except drafts.WaitingForBooking:
        return redirect("booking:booking", crn, draft.booking_id)
    return redirect("booking:start", crn)


def _journey(request: HttpRequest, crn: str) -> tuple[Journey, Draft]:
    staff = staff_of(request)
    case = case_of(request, crn, staff=staff)
    draft = selectors.draft_of(user_id=user_id_of(request), crn=crn)
    situation = Situation(case=case, staff=staff, now=timezone.now())
    return Journey(raw=draft.answers, situation=situation), draft


def _next(crn: str, journey: Journey, *, answered: Step | None = None) -> HttpResponse:
    unfinished = journey.first_unfinished
    if unfinished is None:
        return redirect("booking:check", crn)
    url = presenters.step_url(crn, unfinished)
    asked = journey.asked
    if answered in asked and asked.index(unfinished) < asked.index(answered):
        # The answer brought up a question from before it: Back must lead to the answer, not only past it.
        url += f"?back={answered.slug}"
    return redirect(url)


def _out_of_order(crn: str, journey: Journey) -> HttpResponse:
    if not journey.situation.teams or not journey.situation.events:
        return redirect("booking:start", crn)
    unfinished = journey.first_unfinished
    if unfinished:
        return redirect(f"{presenters.step_url(crn, unfinished)}?problem={presenters.ORDER}")
    return redirect(f"{reverse('booking:check', args=[crn])}?problem={presenters.NOT_ASKED}")


def _ask(request: HttpRequest, journey: Journey, asking: Step, form: Any) -> HttpResponse:
    crn = journey.situation.case.person.crn
    back_to = STEPS_BY_SLUG.get(request.GET.get("back", ""))
    before = back_to if back_to and journey.may_visit(back_to) else journey.before(asking)
    if "change" in request.GET or not asking.prompted:
        back_url = reverse("booking:check", args=[crn])
    else:
        back_url = presenters.step_url(crn, before) if before else reverse("booking:cases")
    kind = "" if form.errors else request.GET.get("problem", "")
    problem = presenters.step_problem(kind, first_name=journey.situation.first_name)
    return render(
        request,
        asking.template,
        {
            "person": journey.situation.case.person,
            "form": form,
            "back_url": back_url,
            "has_errors": bool(form.errors or problem),
            "problem": problem,
            **asking.context(journey.answers, journey.situation),
        },
    )


def _cannot_arrange(request: HttpRequest, situation: Situation, why: str) -> HttpResponse:
    context = {"person": situation.case.person, "why": why}
    return render(request, "booking/cannot-arrange.html.jinja", context)


def _confirmed_before(request: HttpRequest, crn: str) -> Booking | None:
    """Return the booking that this very page was used to confirm before: a second press, a reload, or a second try."""
    try:
        booking_id = uuid.UUID(request.POST.get("booking_id", ""))
    except ValueError:
        return None
    return selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)


def _own_booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> Booking:
    """Return one of the person's own bookings of a case that they may see. Raises Http404."""
    case_of(request, crn, staff=staff_of(request))
    found = selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)
    if found is None:
        raise Http404
    return found


def _confirm(request: HttpRequest, journey: Journey, draft: Draft) -> HttpResponse:
    shown = request.POST.get("nsi", "")
    preferred_nsi_id = journey.answers.nsi_id or (int(shown) if NSI_ID.fullmatch(shown) else None)
    asked = appointment_request(journey)
    return _carry_on(request, confirm.submit(draft=draft, request=asked, preferred_nsi_id=preferred_nsi_id))


def _carry_on(request: HttpRequest, unfinished: Booking) -> HttpResponse:
    crn = unfinished.crn
    try:
        now_at = progress.run(unfinished.id)
    except Busy:
        return redirect("booking:booking", crn, unfinished.id)
    if now_at.clash:
        confirm.outcome_seen(now_at)
        when = reverse("booking:step", args=[crn, "when"])
        return redirect(f"{when}?change=1&problem={presenters.CLASH}")
    return redirect("booking:booking", crn, now_at.id)
