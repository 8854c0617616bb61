"""Views of moving an appointment: its questions, *Check your answers*, and what became of it."""

import uuid
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments import selectors
from appointments.models import ChangeDraft, ChangeKind, Move
from appointments.moving import SLUGS, WHEN, WHERE, WHICH, WHY, Moving, Situation
from appointments.presenters import moves as presenter
from appointments.presenters.changes import change_url
from appointments.presenters.links import check_url, question_url
from appointments.services import drafts, moves, submission
from cases import unsaved_answers
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.forms import OFFICE_NOT_LISTED, StepForm
from cases.permissions import ARRANGE, SEE_CASES
from cases.presenters.circumstances import circumstances
from cases.presenters.links import contact_log_url
from delius import selectors as delius

TEMPLATES = {
    WHY: "appointments/move-question.html.jinja",
    WHICH: "appointments/move-which.html.jinja",
    WHEN: "appointments/move-when.html.jinja",
    WHERE: "appointments/move-where.html.jinja",
}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def question(request: HttpRequest, crn: str, contact_id: int, slug: str) -> HttpResponse:
    """Show a question about a move, and save its answer."""
    moving, draft = _moving(request, crn, contact_id)
    if slug not in SLUGS:
        raise Http404
    if refusal := _cannot_move(request, moving.situation):
        return refusal
    if not (moving.may_visit(slug) or (request.method == "POST" and slug in moving.asked)):
        return _next(moving, problem=presenter.ONLY_PLACE if slug == WHERE and slug not in moving.asked else "")
    if request.method != "POST":
        typed = unsaved_answers.stored(request)
        return _render_question(request, moving, slug, moving.form(slug, typed), answers_restored=typed is not None)
    unsaved_answers.clear(request)
    form = moving.form(slug, request.POST)
    if not form.is_valid():
        return _render_question(request, moving, slug, form)
    if form.cleaned_data.get("office") == OFFICE_NOT_LISTED:
        return redirect("appointments:move-location-not-listed", crn, contact_id)
    after = moving.with_answer(slug, form)
    drafts.save_answers(draft, after.raw)
    return _next(after)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def check(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Show the appointment as it is and as it will be, and confirm the move."""
    case_of(request, crn)
    if request.method == "POST":
        # A double click, a reload or a retry.
        if known := _known_move(request, crn, contact_id, request.POST.get("change_id", "")):
            return process_and_redirect(known)
        # What is confirmed is held against what Delius has now, and not against what it had a minute ago.
        delius.invalidate_appointments(crn, username=username_of(request))
    moving, draft = _moving(request, crn, contact_id)
    if refusal := _cannot_move(request, moving.situation):
        return refusal
    if moving.first_unfinished:
        return _next(moving)
    kind = request.GET.get("problem", "")
    if not any(place.changes for place in moving.new_places):
        kind = presenter.SAME
    elif request.method == "POST":
        kind = _why_not_confirmed(request, moving, draft)
        if not kind:
            allow_overlap = request.POST.get("overlap") == "allow"
            first, is_new = moves.confirm(draft=draft, user=request.user, moving=moving, allow_overlap=allow_overlap)
            return process_and_redirect(first, is_new=is_new)
    return render(request, "appointments/move-check.html.jinja", presenter.check_page(moving, draft, problem=kind))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def move(request: HttpRequest, crn: str, contact_id: int, move_id: uuid.UUID) -> HttpResponse:
    """Show what became of a move, and of those confirmed with it; a POST processes one that is under way again."""
    if request.method == "POST" and not request.user.has_perm(ARRANGE):
        raise PermissionDenied
    case = case_of(request, crn)
    if request.method == "POST":
        if (found := _known_move(request, crn, contact_id, move_id)) is None:
            raise Http404
        return process_and_redirect(found)
    together = _own_moves(request, crn, contact_id, move_id)
    submission.mark_outcomes_seen(*together)
    context = {
        "person": case,
        "move": presenter.move_page(together, case),
        "updates": request.GET.get("updates") != "off",
        "may_arrange": request.user.has_perm(ARRANGE),
    }
    return render(request, "appointments/moved.html.jinja", context)


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def move_state(request: HttpRequest, crn: str, contact_id: int, move_id: uuid.UUID) -> HttpResponse:
    """Send whether a move, or one confirmed with it, is under way as JSON, for polling."""
    case_of(request, crn)
    together = _own_moves(request, crn, contact_id, move_id)
    return JsonResponse({"under_way": any(each.is_under_way for each in together)})


@require_safe
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def location_not_listed(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Explain what to do where the new location is not one of the team's offices."""
    case = case_of(request, crn)
    delius.appointment(crn, contact_id, username=username_of(request))
    context = {
        "person": case,
        "delius_url": contact_log_url(crn),
        "where_url": question_url(crn, contact_id, WHERE),
    }
    return render(request, "appointments/move-location-not-listed.html.jinja", context)


def process_and_redirect(first: Move, *, is_new: bool = False) -> HttpResponse:
    """Process a move and those confirmed with it, and redirect to its page, or to the answers to confirm again.

    `is_new` says that they were created by this request.
    """
    now_at = moves.run(first, is_new=is_new)
    problem = presenter.problem_of(now_at)
    if now_at.moved_with is None and problem:
        submission.mark_outcomes_seen(now_at)
        return redirect(f"{check_url(now_at.crn, now_at.contact_id)}?problem={problem}")
    return redirect("appointments:moved", now_at.crn, now_at.contact_id, now_at.id)


def _moving(request: HttpRequest, crn: str, contact_id: int) -> tuple[Moving, ChangeDraft]:
    case = case_of(request, crn)
    situation = Situation(case=case, contact_id=contact_id, username=username_of(request), now=timezone.now())
    draft = selectors.draft_of(user_id=user_id_of(request), crn=crn, contact_id=contact_id, kind=ChangeKind.MOVE)
    return Moving(raw=draft.answers, situation=situation), draft


def _cannot_move(request: HttpRequest, situation: Situation) -> HttpResponse | None:
    """Return the answer where the appointment cannot be moved: it has an outcome, or a change is not settled yet."""
    appointment, crn = situation.appointment, situation.case.crn
    unsettled = selectors.unsettled_change(crn=crn, contact_id=situation.contact_id)
    if unsettled and unsettled.user_id == user_id_of(request):
        return redirect(change_url(unsettled))
    if not unsettled and appointment.outcome is None:
        return None
    context = presenter.cannot_move_page(situation, by_somebody_else=unsettled is not None)
    return render(request, "appointments/cannot-move.html.jinja", context)


def _next(moving: Moving, *, problem: str = "") -> HttpResponse:
    """Redirect to the first question without an answer, or to the answers, which then show a problem."""
    situation, unfinished = moving.situation, moving.first_unfinished
    if unfinished:
        return redirect(question_url(situation.case.crn, situation.contact_id, unfinished))
    answers = check_url(situation.case.crn, situation.contact_id)
    return redirect(f"{answers}?problem={problem}" if problem else answers)


def _render_question(
    request: HttpRequest, moving: Moving, slug: str, form: StepForm, *, answers_restored: bool = False
) -> HttpResponse:
    case = moving.situation.case
    context: dict[str, Any] = {
        **presenter.question_page(moving, slug, is_change="change" in request.GET),
        "form": form,
        "has_errors": bool(form.errors),
        "owner_token": unsaved_answers.owner_token(user_id_of(request)),
        "answers_restored": answers_restored,
    }
    if slug == WHEN:
        context["circumstances"] = circumstances(case)
    return render(request, TEMPLATES[slug], context)


def _why_not_confirmed(request: HttpRequest, moving: Moving, draft: ChangeDraft) -> str:
    """Return the problem that stands against confirming what the page showed; empty for none."""
    if request.POST.get("answers") != draft.fingerprint or request.POST.get("change_id") != str(draft.change_id):
        return presenter.ANSWERS_CHANGED
    return presenter.CHANGED if request.POST.get("versions") != presenter.versions(moving) else ""


def _own_moves(request: HttpRequest, crn: str, contact_id: int, move_id: uuid.UUID) -> list[Move]:
    """Return one of the user's own moves and those confirmed with it, by date. Raises Http404."""
    if not (found := selectors.own_moves(user_id=user_id_of(request), crn=crn, contact_id=contact_id, move_id=move_id)):
        raise Http404
    return found


def _known_move(request: HttpRequest, crn: str, contact_id: int, move_id: uuid.UUID | str) -> Move | None:
    """Return one of the user's own moves; None for another's, and for text that is no id."""
    return selectors.own_change(Move, user_id=user_id_of(request), crn=crn, contact_id=contact_id, change_id=move_id)
