"""Having a worker send what is to be sent."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from audit.delivery.tasks import send_audit_events

# One task for all events of so many seconds: a page must not cost a task.
TOGETHER_SECONDS = 10
KEY = "audit-sender-is-woken"


def wake_sender() -> None:
    """Have a worker send what waits in a few seconds, unless one is to be woken by then anyway."""
    if cache.add(KEY, 1, TOGETHER_SECONDS):
        send_audit_events.using(run_after=timezone.now() + timedelta(seconds=TOGETHER_SECONDS)).enqueue()
