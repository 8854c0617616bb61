"""View of the question whether to text a person about an appointment."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appointments import selectors
from appointments.forms.texts import TextForm
from appointments.presenters.texts import text_offer
from appointments.services.texts.asking import ChangedSince, ask, may_be_texted, text_about
from appointments.services.texts.wording import is_still_to_come
from cases.access import case_of, user_id_of, username_of
from cases.decorators import staff_record_required
from cases.permissions import ARRANGE
from delius import selectors as delius

TEXT_CHANGED = "The text has changed since you saw it. Read it again"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ARRANGE, raise_exception=True)
@staff_record_required
def text(request: HttpRequest, crn: str, contact_id: int) -> HttpResponse:
    """Show the text that the person would get and ask whether to send it, or show what became of it."""
    case = case_of(request, crn)
    if not may_be_texted(case):
        raise Http404
    appointment = delius.appointment(crn, contact_id, username=username_of(request))
    message = selectors.text_of_appointment(contact_id)
    offer = text_offer(case, contact_id, text_about(case, appointment), message)
    may_ask = offer.may_ask and is_still_to_come(appointment, now=timezone.now())
    form = TextForm(request.POST if request.method == "POST" else None, first_name=offer.first_name)
    problem = ""
    if request.method == "POST" and may_ask and form.is_valid():
        if form.cleaned_data["send"] == "no":
            return redirect("appointments:person", crn)
        try:
            ask(user_id=user_id_of(request), case=case, appointment=appointment, shown=request.POST.get("text", ""))
        except ChangedSince:
            problem = TEXT_CHANGED
        else:
            return redirect("appointments:text", crn, contact_id)
    elif request.method == "POST" and not may_ask:
        return redirect("appointments:text", crn, contact_id)
    context = {
        "person": case,
        "contact_id": contact_id,
        "offer": offer,
        "may_ask": may_ask,
        "form": form,
        "problem": problem,
        "has_errors": bool(form.errors or problem),
    }
    return render(request, "appointments/text.html.jinja", context)
