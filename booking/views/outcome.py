"""What became of a booking."""

import uuid

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import selectors
from booking.access import case_of, user_id_of
from booking.calendar import calendar_of
from booking.models import Booking, BookingState
from booking.permissions import ARRANGE, SEE_CASES
from booking.presenters import problems
from booking.presenters.outcome import confirmation
from booking.presenters.series import series as series_page
from booking.services import confirm, series
from booking.services.delivery import cancellation, processing
from booking.services.drafts import WaitingForBooking
from booking.views.for_staff import for_staff
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
@for_staff
def booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """What became of a booking; a POST looks again at one that is not settled."""
    if request.method == "POST" and not request.user.has_perm(ARRANGE):
        raise PermissionDenied
    case = case_of(request, crn)
    found = own_booking(request, crn, booking_id)
    if request.method == "POST":
        return carry_on(request, found)
    if found.series_id:
        return _series(request, found, case)
    confirm.outcomes_seen(found)
    shown = confirmation(found, case, may_cancel=cancellation.may_cancel(found))
    template = OUTCOME_TEMPLATES.get(BookingState(found.state), "booking/under-way.html.jinja")
    updates = request.GET.get("updates") != "off"
    return render(request, template, {"person": case, "booking": shown, "updates": updates})


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def booking_state(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Whether a booking is still under way, for the page that waits for it."""
    bookings = selectors.series_of(own_booking(request, crn, booking_id))
    return JsonResponse({"under_way": any(each.is_under_way for each in bookings)})


@require_POST
@permission_required(ARRANGE, raise_exception=True)
@for_staff
def cancel(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Take a booking back that has made no appointment; its answers are kept."""
    found = own_booking(request, crn, booking_id)
    if found.series_id:
        series.let_go(found.series_id)
    else:
        cancellation.let_go(found.id)
    return redirect("booking:booking", crn, booking_id)


@require_POST
@permission_required(ARRANGE, raise_exception=True)
@for_staff
def arrange_again(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Begin to arrange one appointment of a series for another time, with its answers."""
    found = own_booking(request, crn, booking_id)
    try:
        series.arrange_again(found)
    except WaitingForBooking as waiting:
        return redirect("booking:booking", crn, waiting.args[0])
    when = reverse("booking:step", args=[crn, "when"])
    return redirect(f"{when}?change=1{f'&problem={problems.CLASH}' if found.clash else ''}")


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@for_staff
def calendar(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """What was arranged, as a file that calendars read."""
    bookings = selectors.series_of(own_booking(request, crn, booking_id))
    booked = [each for each in bookings if each.state == BookingState.BOOKED]
    if not booked:
        raise Http404
    return HttpResponse(
        calendar_of(booked),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


def own_booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> Booking:
    """Return one of the person's own bookings of a case that they may see. Raises Http404."""
    case_of(request, crn)
    found = selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)
    if found is None:
        raise Http404
    return found


def _series(request: HttpRequest, found: Booking, case: Case) -> HttpResponse:
    bookings = selectors.series_of(found)
    confirm.outcomes_seen(*bookings)
    may_cancel = any(cancellation.may_cancel(each) for each in bookings)
    shown = series_page(bookings, case, may_cancel=may_cancel)
    updates = request.GET.get("updates") != "off"
    context = {"person": case, "series": shown, "updates": updates}
    return render(request, "booking/series.html.jinja", context)


def carry_on(request: HttpRequest, unfinished: Booking, *, is_new: bool = False) -> HttpResponse:
    """Take a booking, or its series, as far as it goes now, and show where that leads.

    `is_new` says that it was written a moment ago, for this request.
    """
    crn = unfinished.crn
    if unfinished.series_id:
        series.run(unfinished.series_id, is_new=is_new)
        return redirect("booking:booking", crn, unfinished.series_id)
    now_at = processing.process(unfinished, is_new=is_new)
    if now_at.clash:
        confirm.outcomes_seen(now_at)
        return redirect(f"{reverse('booking:check', args=[crn])}?problem={problems.CLASH}")
    return redirect("booking:booking", crn, now_at.id)
