"""From the record to the queue of HMPPS Audit. An event is sent at least once: `operationId` tells one sent twice."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.delivery.queue import MOST_AT_ONCE, Queue, Unreachable
from audit.models import AuditEvent, Sending

FIRST_DELAY = timedelta(seconds=60)
LONGEST_DELAY = timedelta(minutes=15)

logger = structlog.get_logger(__name__)


def send_waiting() -> int:
    """Send the events that are due to the queue, and return how many it took. Any number of processes may do this.

    What it does not take, or what a process that dies has claimed, is tried again after a minute, then after twice as
    long each time, up to 15 minutes; never given up.
    """
    if not settings.AUDIT_QUEUE_URL:
        return 0
    queue, sent = Queue(), 0
    while claimed := _claim():
        try:
            taken = queue.send(claimed)
        except Unreachable as fault:
            logger.warning("audit_not_sent", fault=str(fault), events=len(claimed))
            break
        Sending.objects.filter(event_id__in=taken).update(sent_at=timezone.now())
        sent += len(taken)
        if refused := len(claimed) - len(taken):
            logger.warning("audit_not_sent", fault="refused", events=refused)
    return sent


def _claim() -> Sequence[AuditEvent]:
    """Take some events that are due, so that nobody else sends them before their next try."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Sending.objects.select_for_update(skip_locked=True)
            .filter(sent_at=None, next_try_at__lte=now)
            .order_by("next_try_at")[:MOST_AT_ONCE]
        )
        for each in due:
            each.next_try_at = now + min(FIRST_DELAY * 2 ** min(each.tries, 10), LONGEST_DELAY)
            each.tries += 1
        Sending.objects.bulk_update(due, ["tries", "next_try_at"])
    return list(AuditEvent.objects.filter(id__in=[each.event_id for each in due]).order_by("at"))
