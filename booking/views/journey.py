"""Views of the journey."""

import uuid
from typing import Any, cast

import structlog
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import selectors
from booking.journey import shown_nsi
from booking.journey.journey import Journey
from booking.journey.request import appointment_requests
from booking.journey.situation import Situation
from booking.journey.steps import STEPS, Step
from booking.models import Booking, Draft
from booking.presenters import problems
from booking.presenters.check import check_page
from booking.presenters.links import step_url
from booking.services import confirm, drafts
from booking.views.outcome import process_and_redirect
from booking.views.posted_fields import posted_fields
from cases import unsaved_answers
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.forms import OFFICE_NOT_LISTED
from cases.permissions import ARRANGE
from cases.presenters.links import contact_log_url
from delius import availability
from delius.errors import CircuitOpen, Unavailable
from govuk.formats import clock_after

STEPS_BY_SLUG = {step.slug: step for step in STEPS}

logger = structlog.get_logger(__name__)


@require_safe
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def start(request: HttpRequest, crn: str) -> HttpResponse:
    """Redirect to the first unanswered question, or explain why nothing can be arranged."""
    situation = _situation(request, crn)
    draft, being_saved = selectors.draft_with_booking(user_id=user_id_of(request), crn=crn)
    if being_saved:
        return redirect("booking:booking", crn, being_saved)
    journey = Journey(raw=draft.answers, situation=situation)
    if not situation.events:
        return _cannot_arrange(request, situation, "no-sentence")
    if not situation.teams:
        return _cannot_arrange(request, situation, "no-team")
    return _next(crn, journey)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def step(request: HttpRequest, crn: str, slug: str) -> HttpResponse:
    """Show a question, and save its answer."""
    journey, draft = _journey(request, crn)
    asking = STEPS_BY_SLUG.get(slug)
    if asking is None:
        raise Http404
    # A posted answer is saved even where an earlier question has no answer yet.
    if not (journey.may_visit(asking) or (request.method == "POST" and asking in journey.asked)):
        return _out_of_order(crn, journey)
    if request.method != "POST":
        typed = unsaved_answers.stored(request)
        return _render_step(request, journey, asking, journey.form(asking, typed), answers_restored=typed is not None)
    unsaved_answers.clear(request)
    form = journey.form(asking, request.POST)
    if not form.is_valid():
        _log_invalid_choices(asking, form)
        return _render_step(request, journey, asking, form)
    if form.cleaned_data.get("office") == OFFICE_NOT_LISTED:
        return redirect("booking:location-not-listed", crn)
    after = journey.with_answer(asking, form)
    try:
        drafts.save_answers(draft=draft, journey=after)
    except drafts.DraftLocked:
        return redirect("booking:booking", crn, draft.booking_id)
    return _next(crn, after, answered=asking if journey.may_visit(asking) else None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def check(request: HttpRequest, crn: str) -> HttpResponse:
    """Show *Check your answers*, and confirm them."""
    try:
        journey, draft = _journey(request, crn)
    except Unavailable as fault:
        if request.method != "POST" or _already_confirmed(request, crn):
            raise
        return _not_confirmed(request, fault)
    is_of_this_draft = request.POST.get("booking_id") == str(draft.booking_id)
    if request.method == "POST" and not is_of_this_draft and (known := _already_confirmed(request, crn)):
        return process_and_redirect(request, known)
    if not draft.answers and (last_made := selectors.last_hour_booking(user_id=user_id_of(request), crn=crn)):
        return redirect("booking:booking", crn, last_made.id)
    if journey.first_unfinished or not journey.situation.teams or not journey.situation.events:
        return _out_of_order(crn, journey)
    wait = availability.calls_retry_after(username=username_of(request))
    kind = request.GET.get("problem", "")
    if request.method == "POST":
        is_unchanged = request.POST.get("answers") == draft.fingerprint
        if is_unchanged and wait is None:
            return _confirm(request, journey, draft)
        if known := _already_confirmed(request, crn):
            return process_and_redirect(request, known)
        kind = problems.NOT_SENT if is_unchanged else problems.CHANGED
    problem = problems.check_problem(kind, first_name=journey.situation.first_name)
    context = {
        **check_page(journey, draft, may_overlap=kind == problems.CLASH),
        "has_errors": bool(problem),
        "problem": problem,
        "is_clash": kind == problems.CLASH,
        "try_after": clock_after(timezone.now(), seconds=wait) if wait is not None else "",
    }
    return render(request, "booking/check.html.jinja", context, status=503 if kind == problems.NOT_SENT else 200)


@require_safe
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def location_not_listed(request: HttpRequest, crn: str) -> HttpResponse:
    """Explain what to do where the location is not one of the team's offices."""
    return _link_to_delius(request, crn, "booking/location-not-listed.html.jinja")


@require_safe
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def accredited_programme(request: HttpRequest, crn: str) -> HttpResponse:
    """Explain what to do for an accredited programme or a session delivered by somebody else."""
    return _link_to_delius(request, crn, "booking/accredited-programme.html.jinja")


@require_POST
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def discard(request: HttpRequest, crn: str) -> HttpResponse:
    """Delete the draft and start again."""
    case_of(request, crn)
    draft = selectors.draft_of(user_id=user_id_of(request), crn=crn)
    try:
        drafts.discard(draft=draft)
    except drafts.DraftLocked:
        return redirect("booking:booking", crn, draft.booking_id)
    return redirect("booking:start", crn)


def _journey(request: HttpRequest, crn: str) -> tuple[Journey, Draft]:
    situation = _situation(request, crn)
    draft = selectors.draft_of(user_id=user_id_of(request), crn=crn)
    return Journey(raw=draft.answers, situation=situation), draft


def _situation(request: HttpRequest, crn: str) -> Situation:
    return Situation(case=case_of(request, crn), username=username_of(request), now=timezone.now())


def _link_to_delius(request: HttpRequest, crn: str, template: str) -> HttpResponse:
    case = case_of(request, crn)
    return render(request, template, {"person": case, "delius_url": contact_log_url(crn)})


def _next(crn: str, journey: Journey, *, answered: Step | None = None) -> HttpResponse:
    unfinished = journey.first_unfinished
    if unfinished is None:
        return redirect("booking:check", crn)
    url = step_url(crn, unfinished)
    asked = journey.asked
    if answered in asked and asked.index(unfinished) < asked.index(answered):
        # The answer added an earlier question: its Back link must lead to the answer.
        url += f"?back={answered.slug}"
    return redirect(url)


def _out_of_order(crn: str, journey: Journey) -> HttpResponse:
    if not journey.situation.teams or not journey.situation.events:
        return redirect("booking:start", crn)
    unfinished = journey.first_unfinished
    if unfinished:
        return redirect(f"{step_url(crn, unfinished)}?problem={problems.ORDER}")
    return redirect(f"{reverse('booking:check', args=[crn])}?problem={problems.NOT_ASKED}")


def _render_step(
    request: HttpRequest, journey: Journey, asking: Step, form: Any, *, answers_restored: bool = False
) -> HttpResponse:
    crn = journey.situation.case.crn
    back_to = STEPS_BY_SLUG.get(request.GET.get("back", ""))
    before = back_to if back_to and journey.may_visit(back_to) else journey.before(asking)
    if "change" in request.GET or not asking.prompted:
        back_url = reverse("booking:check", args=[crn])
    else:
        back_url = step_url(crn, before) if before else reverse("booking:cases")
    kind = "" if form.errors else request.GET.get("problem", "")
    problem = problems.step_problem(kind, first_name=journey.situation.first_name)
    return render(
        request,
        asking.template,
        {
            "person": journey.situation.case,
            "form": asking.form_to_show(form, journey.answers, journey.situation),
            "back_url": back_url,
            "has_errors": bool(form.errors or problem),
            "problem": problem,
            "owner_token": unsaved_answers.owner_token(user_id_of(request)),
            "answers_restored": answers_restored,
            **asking.context(journey.answers, journey.situation),
        },
    )


def _log_invalid_choices(asking: Step, form: Any) -> None:
    """Log choices that the page did not offer: removed meanwhile, or a tampered form."""
    fields = [
        name
        for name, errors in form.errors.as_data().items()
        if any(error.code == "invalid_choice" for error in errors)
    ]
    if fields:
        logger.warning("invalid_choice_submitted", step=asking.slug, fields=fields)


def _cannot_arrange(request: HttpRequest, situation: Situation, why: str) -> HttpResponse:
    context = {"person": situation.case, "why": why}
    return render(request, "booking/cannot-arrange.html.jinja", context)


def _not_confirmed(request: HttpRequest, fault: Unavailable) -> HttpResponse:
    """Explain that nothing was confirmed, where Delius did not answer before a booking was created."""
    seconds = fault.retry_after if isinstance(fault, CircuitOpen) else 0
    context = {"posted_fields": posted_fields(request), "after": clock_after(timezone.now(), seconds=seconds)}
    return render(request, "booking/not-confirmed.html.jinja", context, status=503)


def _already_confirmed(request: HttpRequest, crn: str) -> Booking | None:
    """Return the booking that this page has confirmed already: a double click, a reload or a retry."""
    try:
        booking_id = uuid.UUID(request.POST.get("booking_id", ""))
    except ValueError:
        return None
    return selectors.booking_of(user_id=user_id_of(request), crn=crn, booking_id=booking_id)


def _confirm(request: HttpRequest, journey: Journey, draft: Draft) -> HttpResponse:
    # Avoids a query for the user.
    draft.user = cast(Any, request.user)
    booking, is_new = confirm.submit(
        draft=draft,
        requests=appointment_requests(journey),
        shown=shown_nsi.read(request.POST.get("nsi", ""), draft=draft),
        allow_overlap=request.POST.get("overlap") == "allow",
    )
    return process_and_redirect(request, booking, is_new=is_new)
