"""Recording who did what."""

import re
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from audit.delivery.scheduling import wake_sender
from audit.models import AuditEvent, Sending

SYSTEM = "SYSTEM"
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

# What details may tell of. A name, a note or anything else that somebody typed has no place here.
DETAILS = frozenset(
    {
        "active_from",
        "active_to",
        "appointment",
        "before",
        "booking",
        "cases",
        "crn",
        "ends_on",
        "events",
        "fields",
        "from",
        "method",
        "nsi",
        "nsi_sub_type_code",
        "nsi_type_code",
        "order",
        "page",
        "provider_code",
        "sessions",
        "starts_on",
        "step",
        "team_code",
        "to",
        "tries",
        "version",
        "via",
        "why",
    }
)


def record(
    *,
    what: str,
    who: AbstractBaseUser | AnonymousUser | str | None,
    subject_type: str = "",
    subject_id: object = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down that somebody did something, in the transaction that is open, if one is.

    `who` is a user or their user name; None is the service itself. `details` may tell only of what DETAILS lists, and
    their values are what JSON can hold; `via` is added: `request`, or `job` for what a worker or a command did. Where
    a queue is set the event is sent to it later, by a worker. Raises ValueError for any other detail.
    """
    details = dict(details or {})
    if unknown := details.keys() - DETAILS:
        raise ValueError(f"The audit does not hold {', '.join(sorted(unknown))}.")
    known = structlog.contextvars.get_contextvars()
    event = AuditEvent(
        what=what,
        who=_name_of(who),
        subject_type=subject_type,
        subject_id=str(subject_id)[:100],
        correlation_id=_correlation_id(known),
        service=settings.AUDIT_SERVICE_NAME,
        details={**details, "via": "request" if known.get("request_id") else "job"},
    )
    # Without a queue it is one statement, which pages can bear.
    with transaction.atomic() if settings.AUDIT_QUEUE_URL else nullcontext():
        event.save()
        if settings.AUDIT_QUEUE_URL:
            Sending.objects.create(event=event)
            # Robust: what is stored must not turn into an error because nobody could be woken. It is sent by the clock.
            transaction.on_commit(wake_sender, robust=True)


def _name_of(who: AbstractBaseUser | AnonymousUser | str | None) -> str:
    if who is None:
        return SYSTEM
    return (who if isinstance(who, str) else who.get_username())[:150] or SYSTEM


def _correlation_id(known: Mapping[str, Any]) -> str:
    """Return what this page's or job's calls to other services bear as X-Correlation-Id, or one of our own."""
    current = str(known.get("correlation_id") or known.get("request_id") or "")
    return current if CORRELATION_ID.fullmatch(current) else str(uuid.uuid4())
