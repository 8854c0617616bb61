"""Recording of audit events."""

import re
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from audit.delivery.scheduling import enqueue_sender
from audit.models import AuditEvent, OutboxEntry

SYSTEM = "SYSTEM"
CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

# Allow-list of details: no names, notes or other free text.
ALLOWED_DETAILS = frozenset(
    {
        "active_from",
        "active_to",
        "appointment",
        "before",
        "booking",
        "cases",
        "change",
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
        "scope",
        "sessions",
        "starts_on",
        "step",
        "team_code",
        "text",
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
    """Record an audit event, in the current transaction.

    `who` is a user or their user name; None is the service itself. `details` have keys from ALLOWED_DETAILS and JSON
    values; `via` is added: `request`, or `job` for workers and commands. Where AUDIT_QUEUE_URL is set the event is sent
    to it later, by a worker. Raises ValueError for any other detail.
    """
    details = dict(details or {})
    if unknown := details.keys() - ALLOWED_DETAILS:
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
    # Without a queue it is one statement, which needs no transaction.
    with transaction.atomic() if settings.AUDIT_QUEUE_URL else nullcontext():
        event.save()
        if settings.AUDIT_QUEUE_URL:
            OutboxEntry.objects.create(event=event)
            # Robust: an error in enqueuing must not fail the request; the scheduled `send_audit` sends the event.
            transaction.on_commit(enqueue_sender, robust=True)


def _name_of(who: AbstractBaseUser | AnonymousUser | str | None) -> str:
    if who is None:
        return SYSTEM
    return (who if isinstance(who, str) else who.get_username())[:150] or SYSTEM


def _correlation_id(known: Mapping[str, Any]) -> str:
    """Return the correlation id of the request or job, the same as in X-Correlation-Id upstream; a new one without."""
    current = str(known.get("correlation_id") or known.get("request_id") or "")
    return current if CORRELATION_ID.fullmatch(current) else str(uuid.uuid4())
