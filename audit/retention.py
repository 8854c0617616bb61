"""Retention of audit events."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from audit.events import record
from audit.models import AuditEvent, OutboxEntry, PermittedPurge


def purge(*, before: datetime) -> int:
    """Delete events before a moment, except those still to be sent, and return how many."""
    waiting = OutboxEntry.objects.filter(sent_at=None).values("event_id")
    with transaction.atomic():
        permitted = PermittedPurge.objects.create(before=before)
        old = AuditEvent.objects.filter(at__lt=before).exclude(id__in=waiting)
        OutboxEntry.objects.filter(sent_at__isnull=False, event__at__lt=before).delete()
        count, _ = QuerySet.delete(old)
        permitted.delete()
        if count:
            record(what="AUDIT_PURGED", who=None, details={"events": count, "before": before.isoformat()})
    return count
