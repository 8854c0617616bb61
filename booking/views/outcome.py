"""What became of a booking."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import selectors
from booking.access import case_of, staff_of, user_id_of
from booking.models import Booking, BookingState
from booking.presenters import problems
from booking.presenters.outcome import confirmation
from booking.services import confirm, progress
from booking.services.leases import Busy
from booking.services.states import UNDER_WAY
from booking.views.for_staff import for_staff

OUTCOME_TEMPLATES = {
    BookingState.BOOKED: "booking/booked.html.jinja",
    BookingState.REFUSED: "booking/not-booked.html.jinja",
    BookingState.CANCELLED: "booking/not-booked.html.jinja",
    BookingState.NEEDS_ATTENTION: "booking/needs-attention.html.jinja",
    BookingState.SETTLED: "booking/settled.html.jinja",
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """What became of a booking; a POST looks again at one that is not settled."""
    case = case_of(request, crn, staff=staff_of(request))
    found = own_booking(request, crn, booking_id)
    if request.method == "POST":
        return carry_on(request, found)
    confirm.outcome_seen(found)
    shown = confirmation(found, case.person, may_cancel=confirm.may_cancel(found))
    template = OUTCOME_TEMPLATES.get(BookingState(found.state), "booking/under-way.html.jinja")
    updates = request.GET.get("updates") != "off"
    return render(request, template, {"person": case.person, "booking": shown, "updates": updates})


@require_safe
@for_staff
def booking_state(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Whether a booking is still under way, for the page that waits for it."""
    return JsonResponse({"under_way": own_booking(request, crn, booking_id).state in UNDER_WAY})


@require_POST
@for_staff
def cancel(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> HttpResponse:
    """Take a booking back that has made no appointment; its answers are kept."""
    confirm.let_go(own_booking(request, crn, booking_id).id)
    return redirect("booking:booking", crn, booking_id)


def own_booking(request: HttpRequest, crn: str, booking_id: uuid.UUID) -> Booking:
    """Return one of the person's own bookings of a case that they may see. Raises Http404."""
    case_of(request, crn, staff=staff_of(request))
    found = selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)
    if found is None:
        raise Http404
    return found


def carry_on(request: HttpRequest, unfinished: Booking) -> HttpResponse:
    crn = unfinished.crn
    try:
        now_at = progress.run(unfinished.id)
    except Busy:
        return redirect("booking:booking", crn, unfinished.id)
    if now_at.clash:
        confirm.outcome_seen(now_at)
        when = reverse("booking:step", args=[crn, "when"])
        return redirect(f"{when}?change=1&problem={problems.CLASH}")
    return redirect("booking:booking", crn, now_at.id)
