"""Outbox sender: at-least-once delivery to HMPPS Audit, which deduplicates by `operationId`."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.delivery.queue import MAX_BATCH_SIZE, Queue, QueueUnavailable
from audit.models import AuditEvent, OutboxEntry

INITIAL_BACKOFF = timedelta(seconds=60)
MAX_BACKOFF = timedelta(minutes=15)

logger = structlog.get_logger(__name__)


def send_due_events() -> int:
    """Send due events in batches, and return how many were accepted. Safe to run in several processes.

    Events that were not accepted, or were claimed by a process that died, are retried with exponential backoff from
    1 to 15 minutes, without a limit.
    """
    if not settings.AUDIT_QUEUE_URL:
        return 0
    queue, sent = Queue(), 0
    while claimed := _claim():
        try:
            taken = queue.send(claimed)
        except QueueUnavailable as fault:
            logger.warning("audit_not_sent", fault=str(fault), events=len(claimed))
            break
        OutboxEntry.objects.filter(event_id__in=taken).update(sent_at=timezone.now())
        sent += len(taken)
        if refused := len(claimed) - len(taken):
            logger.warning("audit_not_sent", fault="refused", events=refused)
    return sent


def _claim() -> Sequence[AuditEvent]:
    """Claim a batch of due events (SKIP LOCKED), postponing them to their next try."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(sent_at=None, next_try_at__lte=now)
            .order_by("next_try_at")[:MAX_BATCH_SIZE]
        )
        for each in due:
            each.next_try_at = now + min(INITIAL_BACKOFF * 2 ** min(each.tries, 10), MAX_BACKOFF)
            each.tries += 1
        OutboxEntry.objects.bulk_update(due, ["tries", "next_try_at"])
    return list(AuditEvent.objects.filter(id__in=[each.event_id for each in due]).order_by("at"))
