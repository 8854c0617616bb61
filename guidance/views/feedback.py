"""Views of feedback."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods, require_safe

from guidance.forms import FeedbackForm
from guidance.permissions import READ_GUIDANCE
from guidance.services.feedback import save_feedback

PAGES_WITH_FEEDBACK = frozenset({"guidance:toolkit", "guidance:risk-flag"})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(READ_GUIDANCE, raise_exception=True)
def feedback(request: HttpRequest) -> HttpResponse:
    """Save feedback on a page, and redirect to the confirmation."""
    if request.method != "POST":
        return redirect("guidance:index")
    form = FeedbackForm(request.POST)
    if not form.is_valid() or not _has_feedback(form.cleaned_data["page"]):
        back = form.data.get("page", "")
        context = {"form": form, "has_errors": True, "back_url": back if _has_feedback(back) else ""}
        return render(request, "guidance/feedback.html.jinja", context)
    save_feedback(
        page=form.cleaned_data["page"],
        useful=form.cleaned_data["useful"] == "yes",
        comment=form.cleaned_data["comment"],
    )
    return redirect("guidance:feedback-given")


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def feedback_given(request: HttpRequest) -> HttpResponse:
    """Show the confirmation of feedback."""
    return render(request, "guidance/feedback-given.html.jinja")


def _has_feedback(path: str) -> bool:
    try:
        return resolve(path).view_name in PAGES_WITH_FEEDBACK
    except Resolver404:
        return False
