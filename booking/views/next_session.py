"""View that arranges the next session like one that there is."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import selectors
from booking.forms.next_session import REPLACE, ReplaceDraftForm
from booking.journey.journey import Journey
from booking.journey.next_session import next_journey
from booking.journey.situation import Situation
from booking.services import drafts
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE
from delius import selectors as delius
from delius.records import Case


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def next_session(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Start a draft with the answers of an appointment, for another day, and go to *Check your answers*.

    Asks first where the user has another draft for the person. Raises NotFound for an appointment of somebody else.
    """
    case = case_of(request, crn)
    draft, being_saved = selectors.draft_with_booking(user_id=user_id_of(request), crn=crn)
    if being_saved:
        return redirect("booking:booking", crn, being_saved)
    if request.method != "POST":
        return _ask(request, case, ReplaceDraftForm()) if draft.answers else redirect("appointments:person", crn)
    situation = Situation(case=case, username=username_of(request), now=timezone.now())
    if not situation.events or not situation.teams:
        return redirect("booking:start", crn)
    journey = _journey(situation, contact_id)
    if draft.answers and draft.answers != journey.raw:
        if "asked" not in request.POST:
            return redirect("booking:next", crn, contact_id)
        form = ReplaceDraftForm(request.POST)
        if not form.is_valid():
            return _ask(request, case, form)
        if form.cleaned_data["draft"] != REPLACE:
            return redirect("booking:start", crn)
    try:
        drafts.save_answers(draft=draft, journey=journey)
    except drafts.DraftLocked:
        return redirect("booking:booking", crn, draft.booking_id)
    return redirect("booking:start", crn) if journey.first_unfinished else redirect("booking:check", crn)


def _journey(situation: Situation, contact_id: int) -> Journey:
    crn, username = situation.case.crn, situation.username
    recent = {each.contact_id: each for each in delius.recent_appointments(crn, username=username)}
    appointment = recent.get(contact_id) or delius.appointment(crn, contact_id, username=username)
    while moved := recent.pop(appointment.rescheduled_to or 0, None):
        appointment = moved
    return next_journey(appointment, recent.values(), situation)


def _ask(request: HttpRequest, case: Case, form: ReplaceDraftForm) -> HttpResponse:
    context = {
        "person": case,
        "form": form,
        "has_errors": bool(form.errors),
        "back_url": reverse("appointments:person", args=[case.crn]),
    }
    return render(request, "booking/replace-draft.html.jinja", context)
