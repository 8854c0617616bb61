"""The question whether to text a person, for pages of other apps: a global of the Jinja environment."""

from typing import Any

from django.utils import timezone
from jinja2 import pass_context
from jinja2.runtime import Context

from appointments import selectors
from appointments.presenters.texts import TextOffer
from appointments.presenters.texts import text_offer as offer_of
from appointments.services.texts.asking import may_be_texted, text_about
from appointments.services.texts.wording import is_still_to_come
from cases.access import username_of
from cases.permissions import ARRANGE
from delius import selectors as delius
from delius.errors import DeliusError
from delius.records import Case


@pass_context
def text_offer(context: Context, person: Case, contact_id: int | None) -> TextOffer | None:
    """Return the question about an appointment that was arranged or moved, or what became of its text.

    None where texts are off, the person has no mobile number, the user may not arrange appointments, the appointment
    is not to come, or Delius does not answer. Where texts are on: one call, and two queries.
    """
    request: Any = context["request"]
    if contact_id is None or not may_be_texted(person) or not request.user.has_perm(ARRANGE):
        return None
    try:
        appointment = delius.appointment(person.crn, contact_id, username=username_of(request))
    except DeliusError:
        return None
    if not is_still_to_come(appointment, now=timezone.now()):
        return None
    message = selectors.text_of_appointment(contact_id)
    return offer_of(person, contact_id, text_about(person, appointment), message)
