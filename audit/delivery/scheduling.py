"""Enqueueing of the sender task, debounced."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone

from audit.delivery.tasks import send_audit_events

# One task for all events of this many seconds: not one a page.
DEBOUNCE_SECONDS = 10
CACHE_KEY = "audit-sender-enqueued"


def enqueue_sender() -> None:
    """Enqueue the sender in DEBOUNCE_SECONDS, unless it is enqueued already."""
    if cache.add(CACHE_KEY, 1, DEBOUNCE_SECONDS):
        send_audit_events.using(run_after=timezone.now() + timedelta(seconds=DEBOUNCE_SECONDS)).enqueue()
