"""Sending of texts by a worker, and looking whether they arrived.

Notify has no idempotency key, so what became of a try that was not answered is looked up by our reference before the
text is sent again: none is sent twice, and none that was asked for is left without an answer.
"""

import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from appointments import auditing
from appointments.models import TextKind, TextMessage, TextState
from appointments.services.texts import schedule
from appointments.services.texts.notify import (
    Notification,
    Notify,
    PermanentlyRefused,
    TemporarilyRefused,
    Unanswered,
    texts_are_on,
)
from appointments.services.texts.wording import digest, is_still_to_come, text_of
from delius import selectors as delius
from delius.errors import DeliusContractError, LimitedAccess, NotFound, Unavailable
from delius.retries import backoff

# How long a try may take, after which another worker may take the text up; and how long Notify may take to show a text
# that it took without an answer.
LEASE = timedelta(minutes=5)
# When it is looked whether a text arrived, after the one before. Networks give up after three days.
LOOKS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440, 2880))
# Notify forgets texts after seven days.
LOOKED_UP_FOR = timedelta(days=6)
DELIVERED = "delivered"
REASONS = {
    "permanent-failure": "the number does not exist, or does not take texts",
    "temporary-failure": "the phone was off, full or out of reach for three days",
    "technical-failure": "GOV.UK Notify or the network had a fault",
    "validation-failed": "GOV.UK Notify did not accept it",
    "cancelled": "it was cancelled in GOV.UK Notify",
}
NO_NUMBER = "Delius no longer has a mobile number"
NOT_SEEN = "Delius no longer has the appointment, or may not be asked about it"
CHANGED = "the appointment changed before the text was sent"
OTHER_TEMPLATE = "the template in GOV.UK Notify says something else than what was shown"
NOT_ACCEPTED = "GOV.UK Notify did not accept the number or the text"
NEVER_TAKEN = "GOV.UK Notify or Delius did not answer for too long"
NOT_KNOWN = "GOV.UK Notify does not say whether it was sent"

logger = structlog.get_logger(__name__)


class _Taken(Exception):
    """Another process has taken the text up since it was read."""


def send_due() -> int:
    """Send the texts that are due, look whether earlier ones arrived, and return how many were taken up.

    Safe to run concurrently. Where Notify does not answer the others stay due, and are tried again later.
    """
    taken = 0
    if not texts_are_on():
        return taken
    notify = Notify()
    while message := _claim():
        taken += 1
        with structlog.contextvars.bound_contextvars(correlation_id=message.correlation_id or str(uuid.uuid4())):
            try:
                _look(message, notify) if message.state == TextState.SENT else _send(message, notify)
            except _Taken:
                continue
            except (TemporarilyRefused, Unanswered) as fault:
                _postpone(message, fault)
                break
            except (Unavailable, DeliusContractError) as fault:
                _postpone(message, fault)
            except Exception:
                # It is taken up again after its lease.
                logger.exception("text_failed", text=str(message.id))
    return taken


def _claim() -> TextMessage | None:
    """Claim a due text by postponing it for the length of a lease; a task is enqueued for its end."""
    now = timezone.now()
    with transaction.atomic():
        due = TextMessage.objects.select_related("user").select_for_update(skip_locked=True, of=("self",))
        message = due.filter(next_try_at__lte=now).order_by("next_try_at").first()
        if message:
            message.tries += 1
            message.next_try_at = now + LEASE
            message.save(update_fields=["tries", "next_try_at", "updated_at"])
            schedule.enqueue(at=message.next_try_at)
    return message


def _send(message: TextMessage, notify: Notify) -> None:
    if message.sent_at is not None:
        if timezone.now() < message.sent_at + LEASE:
            _update(message, next_try_at=message.sent_at + LEASE)
            return
        if timezone.now() > message.sent_at + LOOKED_UP_FOR:
            _finish(message, TextState.FAILED, NOT_KNOWN)
            return
        if sent := notify.find(message.id):
            _sent(message, sent)
            return
    if message.tries > settings.DELIVERY_MAX_TRIES:
        _finish(message, TextState.NOT_SENT, NEVER_TAKEN)
        return
    try:
        case = delius.case(message.crn, username=message.user.username)
        appointment = delius.appointment(message.crn, message.contact_id, username=message.user.username)
    except (NotFound, LimitedAccess):
        _finish(message, TextState.NOT_SENT, NOT_SEEN)
        return
    kind = TextKind(message.kind)
    text = text_of(case, appointment, kind=kind)
    if not is_still_to_come(appointment, now=timezone.now()) or text.digest != message.text_digest:
        _finish(message, TextState.NOT_SENT, CHANGED)
        return
    if not case.mobile_number:
        _finish(message, TextState.NOT_SENT, NO_NUMBER)
        return
    try:
        if digest(notify.preview(kind, text.personalisation)) != message.text_digest:
            logger.error("text_template_differs", kind=str(kind))
            _finish(message, TextState.NOT_SENT, OTHER_TEMPLATE)
            return
        _update(message, sent_at=timezone.now())
        sent = notify.send(kind, text.personalisation, to=case.mobile_number, reference=message.id)
    except PermanentlyRefused as refusal:
        logger.warning("text_not_accepted", text=str(message.id), error=str(refusal))
        _finish(message, TextState.NOT_SENT, NOT_ACCEPTED)
        return
    except TemporarilyRefused:
        _update(message, sent_at=None)
        raise
    _sent(message, sent)


def _look(message: TextMessage, notify: Notify) -> None:
    """Look whether a text arrived. After the last look it stays *sent*."""
    assert message.notify_id
    found = notify.get(message.notify_id)
    if found and found.status == DELIVERED:
        _finish(message, TextState.DELIVERED)
    elif found and found.status in REASONS:
        _finish(message, TextState.FAILED, REASONS[found.status])
    elif message.tries < len(LOOKS):
        _look_again(message)
    else:
        _update(message, next_try_at=None)


def _sent(message: TextMessage, sent: Notification) -> None:
    at = timezone.now() + LOOKS[0]
    with transaction.atomic():
        _update(message, state=TextState.SENT, notify_id=sent.id, tries=0, next_try_at=at)
        auditing.text_changed(message, "SENT")
        schedule.enqueue(at=at)
    logger.info("text_sent", text=str(message.id))


def _finish(message: TextMessage, state: TextState, reason: str = "") -> None:
    unsent = {"sent_at": None} if state == TextState.NOT_SENT else {}
    with transaction.atomic():
        _update(message, state=state, reason=reason, next_try_at=None, **unsent)
        auditing.text_changed(message, state.upper())
    logger.info("text_over", text=str(message.id), state=str(state))


def _look_again(message: TextMessage) -> None:
    at = timezone.now() + LOOKS[message.tries]
    _update(message, next_try_at=at)
    schedule.enqueue(at=at)


def _postpone(message: TextMessage, fault: Exception) -> None:
    at = timezone.now() + backoff(message.tries)
    if message.sent_at is not None and message.state == TextState.ASKED:
        at = max(at, message.sent_at + LEASE)
    logger.warning("text_postponed", text=str(message.id), fault=type(fault).__name__)
    _update(message, next_try_at=at)
    schedule.enqueue(at=at)


def _update(message: TextMessage, **values: Any) -> None:
    """Update a text if nobody else has taken it up since it was read (optimistic locking). Raises _Taken."""
    unchanged = Q(state=message.state, tries=message.tries, sent_at=message.sent_at)
    values["updated_at"] = timezone.now()
    if not TextMessage.objects.filter(unchanged, id=message.id).update(**values):
        raise _Taken
    for name, value in values.items():
        setattr(message, name, value)
