"""Views of recording the outcome of an appointment: the question, *Check your answers*, and what became of it."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments import selectors
from appointments.attendance import AttendanceOutcomes, answers_of
from appointments.forms.outcomes import OutcomeForm
from appointments.models import ChangeDraft, ChangeKind, ChangeState, RecordedOutcome
from appointments.presenters import outcomes as presenter
from appointments.presenters.changes import change_url
from appointments.services import drafts, outcomes, submission
from appointments.services.delivery import processing
from cases import unsaved_answers
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE, SEE_CASES
from cases.presenters.links import contact_log_url
from delius import selectors as delius
from delius.records import Appointment, Case


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def question(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Ask what came of an appointment, and save the answers. `?outcome=` has the code of one to choose at first."""
    situation = _situation(request, crn, contact_id)
    if refusal := _cannot_record(request, situation):
        return refusal
    if request.method != "POST":
        typed = unsaved_answers.stored(request)
        form = situation.form(
            typed if typed is not None else situation.draft.answers or None, code=request.GET.get("outcome", "")
        )
        return _render_question(request, situation, form, answers_restored=typed is not None)
    unsaved_answers.clear(request)
    form = situation.form(request.POST)
    if not form.is_valid():
        return _render_question(request, situation, form)
    drafts.save_answers(situation.draft, {**form.accepted(), "version": str(situation.appointment.version)})
    return redirect("appointments:outcome-check", crn, contact_id)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def check(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Show *Check your answers*, and record the outcome."""
    case_of(request, crn)
    if request.method == "POST" and (known := _own(request, crn, contact_id, request.POST.get("change_id", ""))):
        return process_and_redirect(known)
    situation = _situation(request, crn, contact_id)
    if refusal := _cannot_record(request, situation):
        return refusal
    draft = situation.draft
    form = situation.form(draft.answers)
    if not form.is_valid():
        return redirect("appointments:outcome", crn, contact_id)
    problem = request.GET.get("problem", "")
    if request.method == "POST":
        problem = _why_not_confirmed(request, situation)
        if not problem:
            change, is_new = outcomes.confirm(
                draft=draft, user=request.user, form=form, appointment=situation.appointment, case=situation.case
            )
            return process_and_redirect(change, is_new=is_new)
    context = presenter.check_page(situation.case, situation.appointment, form, draft, problem=problem)
    return render(request, "appointments/outcome-check.html.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def outcome_done(request: HttpRequest, crn: str, contact_id: int, change_id: uuid.UUID) -> HttpResponse:
    """Show what became of an outcome; a POST processes one that is under way again."""
    if request.method == "POST" and not request.user.has_perm(ARRANGE):
        raise PermissionDenied
    case = case_of(request, crn)
    change = _own(request, crn, contact_id, change_id)
    if change is None:
        raise Http404
    if request.method == "POST":
        return process_and_redirect(change)
    if change.tries and change.rar_after is None:
        # A worker recorded it, and what this process knows of the case may be from before.
        delius.invalidate_case(crn, username=username_of(request))
        case = case_of(request, crn)
    outcomes.see(change, case=case)
    context = {
        "person": case,
        "change": presenter.done_page(change, case, today=timezone.localdate()),
        "updates": request.GET.get("updates") != "off",
        "may_arrange": request.user.has_perm(ARRANGE),
    }
    return render(request, "appointments/outcome-done.html.jinja", context)


@require_safe
@permission_required(SEE_CASES, raise_exception=True)
@staff_record_required
def outcome_state(request: HttpRequest, crn: str, contact_id: int, change_id: uuid.UUID) -> HttpResponse:
    """Send whether an outcome is under way as JSON, for polling."""
    case_of(request, crn)
    change = _own(request, crn, contact_id, change_id)
    if change is None:
        raise Http404
    return JsonResponse({"under_way": change.is_under_way})


def process_and_redirect(change: RecordedOutcome, *, is_new: bool = False) -> HttpResponse:
    """Process an outcome, and redirect to its page, or to the answers where the appointment had changed.

    `is_new` says that it was created by this request.
    """
    now_at = processing.process(change, is_new=is_new)
    if now_at.state == ChangeState.CHANGED:
        submission.mark_outcomes_seen(now_at)
        return redirect(f"{presenter.check_url(now_at.crn, now_at.contact_id)}?problem={presenter.CHANGED}")
    return redirect("appointments:outcome-done", now_at.crn, now_at.contact_id, now_at.id)


@dataclass(frozen=True)
class _Situation:
    """An appointment as Delius has it now, the answers that its type allows, and the user's draft."""

    case: Case
    appointment: Appointment
    answers: list[AttendanceOutcomes]
    draft: ChangeDraft

    def form(self, data: object, *, code: str = "") -> OutcomeForm:
        """Return the form bound to `data`; with None, with what Delius has now or the outcome with a code."""
        return OutcomeForm(
            data,
            answers=self.answers,
            first_name=self.case.name.familiar,
            may_set_sensitive=not self.appointment.sensitive,
            initial=presenter.initial(self.appointment, self.answers, code=code),
        )


def _situation(request: HttpRequest, crn: str, contact_id: int) -> _Situation:
    case = case_of(request, crn)
    appointment = delius.appointment(crn, contact_id, username=username_of(request))
    return _Situation(
        case=case,
        appointment=appointment,
        answers=answers_of(delius.outcome_types(appointment.type.code)),
        draft=selectors.draft_of(user_id=user_id_of(request), crn=crn, contact_id=contact_id, kind=ChangeKind.OUTCOME),
    )


def _cannot_record(request: HttpRequest, situation: _Situation) -> HttpResponse | None:
    """Return the answer where no outcome can be recorded; None where one can."""
    appointment, crn = situation.appointment, situation.case.crn
    unsettled = selectors.unsettled_change(crn=crn, contact_id=appointment.contact_id)
    if unsettled and unsettled.user_id == user_id_of(request):
        return redirect(change_url(unsettled))
    if unsettled:
        why = presenter.BY_SOMEBODY_ELSE
    elif appointment.rescheduled_to:
        why = presenter.MOVED
    elif not appointment.has_begun(timezone.now()):
        why = presenter.NOT_BEGUN
    elif not situation.answers:
        why = presenter.NO_OUTCOMES
    else:
        return None
    context = presenter.cannot_record_page(situation.case, appointment, why=why, delius_url=contact_log_url(crn))
    return render(request, "appointments/cannot-record.html.jinja", context)


def _render_question(
    request: HttpRequest, situation: _Situation, form: OutcomeForm, *, answers_restored: bool = False
) -> HttpResponse:
    context = {
        **presenter.question_page(situation.case, situation.appointment, is_change="change" in request.GET),
        "form": form,
        "has_errors": bool(form.errors),
        "owner_token": unsaved_answers.owner_token(user_id_of(request)),
        "answers_restored": answers_restored,
    }
    return render(request, "appointments/outcome.html.jinja", context)


def _why_not_confirmed(request: HttpRequest, situation: _Situation) -> str:
    """Return the problem that stands against confirming what the page showed; empty for none."""
    draft = situation.draft
    if request.POST.get("answers") != draft.fingerprint or request.POST.get("change_id") != str(draft.change_id):
        return presenter.ANSWERS_CHANGED
    if request.POST.get("version") != str(situation.appointment.version):
        return presenter.CHANGED
    return ""


def _own(request: HttpRequest, crn: str, contact_id: int, change_id: uuid.UUID | str) -> RecordedOutcome | None:
    return selectors.own_change(
        RecordedOutcome, user_id=user_id_of(request), crn=crn, contact_id=contact_id, change_id=change_id
    )
