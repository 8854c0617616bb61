"""Views of a booking and its outcome."""

import uuid

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import selectors
from booking.journey.journey import Journey
from booking.journey.situation import Situation
from booking.journey.steps import Step, WhenStep
from booking.models import Booking, BookingState
from booking.presenters import problems
from booking.presenters.calendar import calendar_entries
from booking.presenters.outcome import confirmation
from booking.presenters.series import series as series_page
from booking.services import confirm, series
from booking.services.delivery import cancellation, processing
from booking.services.drafts import DraftLocked
from cases.access import case_of, user_id_of, username_of
from cases.calendar import calendar_answer
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from delius import selectors as delius
from delius.errors import DeliusError
from delius.records import Case

OUTCOME_TEMPLATES = {
    BookingState.BOOKED: "booking/booked.html.jinja",
    BookingState.REFUSED: "booking/not-booked.html.jinja",
    BookingState.CANCELLED: "booking/not-booked.html.jinja",
    BookingState.NEEDS_ATTENTION: "booking/needs-attention.html.jinja",
    BookingState.SETTLED: "booking/settled.html.jinja",
}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Show a booking or its series; a POST processes one that is under way again."""
    if request.method == "POST" and not request.user.has_perm(ARRANGE):
        raise PermissionDenied
    case = case_of(request, crn)
    if request.method == "POST":
        return process_and_redirect(request, own_booking(request, crn, booking_id))
    bookings = _own_series(request, crn, booking_id)
    if bookings[0].series_id:
        return _series(request, bookings, case)
    [found] = bookings
    confirm.mark_outcomes_seen(found)
    shown = confirmation(
        found, case, may_cancel=cancellation.may_cancel(found), to_change=_refused_question(request, found, case)
    )
    template = OUTCOME_TEMPLATES.get(BookingState(found.state), "booking/under-way.html.jinja")
    updates = request.GET.get("updates") != "off"
    return render(
        request,
        template,
        {
            "person": case,
            "booking": shown,
            "updates": updates,
            "may_arrange": request.user.has_perm(ARRANGE),
        },
    )


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def booking_state(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Send whether a booking is under way as JSON, for polling."""
    bookings = _own_series(request, crn, booking_id)
    return JsonResponse({"under_way": any(each.is_under_way for each in bookings)})


@require_POST
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def cancel(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Cancel a booking, or a series, that was not sent; the draft stays."""
    found = own_booking(request, crn, booking_id)
    if found.series_id:
        series.cancel_unsent(found.series_id)
    else:
        cancellation.cancel_unsent(found.id)
    return redirect("booking:booking", crn, booking_id)


@require_POST
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def arrange_again(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Start a journey with the answers of one appointment of a series, at the one that was refused, or its time."""
    found = own_booking(request, crn, booking_id)
    try:
        series.arrange_again(found)
    except DraftLocked as waiting:
        return redirect("booking:booking", crn, waiting.args[0])
    question = _refused_question(request, found, case_of(request, crn))
    address = reverse("booking:step", args=[crn, question.slug if question else WhenStep.slug])
    return redirect(f"{address}?change=1{f'&problem={problems.CLASH}' if found.clash else ''}")


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def calendar(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Send booked appointments as an iCalendar file, at the times that Delius has by now."""
    bookings = _own_series(request, crn, booking_id)
    booked = [each for each in bookings if each.state == BookingState.BOOKED]
    if not booked:
        raise Http404
    try:
        coming = delius.upcoming_appointments(crn, username=username_of(request))
    except DeliusError:
        coming = ()
    return calendar_answer(calendar_entries(booked, coming))


def own_booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> Booking:
    """Return one of the user's own bookings of a case that they may see. Raises Http404."""
    case_of(request, crn)
    found = selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)
    if found is None:
        raise Http404
    return found


def _refused_question(request: HttpRequest, found: Booking, case: Case) -> Step | None:
    """Return the question to change a refused answer at; None where none is known, or Delius does not answer."""
    if not found.refused_step:
        return None
    draft = selectors.draft_of(user_id=user_id_of(request), crn=found.crn)
    situation = Situation(case=case, username=username_of(request), now=timezone.now())
    try:
        return Journey(raw=draft.answers, situation=situation).asked_about(found.refused_step)
    except DeliusError:
        return None


def _own_series(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> list[Booking]:
    """Return the series of one of the user's own bookings, or that alone. Raises Http404."""
    case_of(request, crn)
    if not (found := selectors.own_series(user_id=user_id_of(request), crn=crn, booking_id=booking_id)):
        raise Http404
    return found


def _series(request: HttpRequest, bookings: list[Booking], case: Case) -> HttpResponse:
    confirm.mark_outcomes_seen(*bookings)
    may_cancel = any(cancellation.may_cancel(each) for each in bookings)
    shown = series_page(bookings, case, may_cancel=may_cancel)
    updates = request.GET.get("updates") != "off"
    may_arrange = request.user.has_perm(ARRANGE)
    context = {"person": case, "series": shown, "updates": updates, "may_arrange": may_arrange}
    return render(request, "booking/series.html.jinja", context)


def process_and_redirect(request: HttpRequest, unfinished: Booking, *, is_new: bool = False) -> HttpResponse:
    """Process a booking or its series, and redirect to its page, or to the answers after an overlap.

    `is_new` says that it was created by this request.
    """
    crn = unfinished.crn
    if unfinished.series_id:
        series.run(unfinished.series_id, is_new=is_new)
        return redirect("booking:booking", crn, unfinished.series_id)
    now_at = processing.process(unfinished, is_new=is_new)
    if now_at.clash:
        confirm.mark_outcomes_seen(now_at)
        return redirect(f"{reverse('booking:check', args=[crn])}?problem={problems.CLASH}")
    return redirect("booking:booking", crn, now_at.id)
