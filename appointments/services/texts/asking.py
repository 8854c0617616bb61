"""Asking for a text: whether one can be sent about an appointment, and the user's word that the person agrees."""

from django.db import transaction
from django.utils import timezone

from appointments import auditing, selectors
from appointments.models import TextKind, TextMessage, TextState
from appointments.services.texts import schedule
from appointments.services.texts.notify import texts_are_on
from appointments.services.texts.wording import Text, text_of
from delius.http.attempts import correlation_id
from delius.records import Appointment, Case


class ChangedSince(Exception):
    """The text is not the one that the user was shown."""


def may_be_texted(case: Case) -> bool:
    """Return whether texts are on, and the person has a mobile number and a name."""
    return bool(texts_are_on() and case.mobile_number and case.name.familiar)


def text_about(case: Case, appointment: Appointment) -> Text:
    """Return the text about an appointment: that it has moved, where this service moved it. One query."""
    moved = selectors.was_moved_here(crn=case.crn, contact_id=appointment.contact_id)
    return text_of(case, appointment, kind=TextKind.MOVED if moved else TextKind.ARRANGED)


def ask(*, user_id: int, case: Case, appointment: Appointment, shown: str) -> TextMessage:
    """Record that the person agrees to get the text, and have a worker send it; return it. Idempotent.

    `shown` is the digest of the text that the user was shown. Raises ChangedSince. One that was not sent may be asked
    for again; any other stays as it is.
    """
    text = text_about(case, appointment)
    if text.digest != shown:
        raise ChangedSince
    now = timezone.now()
    agreed = {
        "user_id": user_id,
        "kind": text.kind,
        "appointment_start": appointment.start,
        "text_digest": text.digest,
        "consent_at": now,
        "next_try_at": now,
        "correlation_id": correlation_id(),
    }
    with transaction.atomic():
        message, is_new = TextMessage.objects.get_or_create(
            contact_id=appointment.contact_id, defaults={"crn": case.crn, **agreed}
        )
        again = TextMessage.objects.filter(id=message.id, state=TextState.NOT_SENT)
        if is_new or again.update(state=TextState.ASKED, reason="", tries=0, updated_at=now, **agreed):
            message.refresh_from_db()
            auditing.text_changed(message, "ASKED")
            schedule.enqueue(at=now)
    return message
