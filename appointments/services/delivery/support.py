"""Support actions on changes that need attention: retry, and mark as settled."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from appointments.models import Change, ChangeState
from appointments.services.delivery import retry
from appointments.services.states import ConcurrentUpdate, transition


def resubmit(change: Change, *, by: Any) -> bool:
    """Resubmit a change that needs attention, with its tries reset; return whether it was done.

    Its id stays the same, so that it is idempotent. `by` is the user who decided.
    """
    if change.state != ChangeState.NEEDS_ATTENTION:
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            transition(change, ChangeState.SUBMITTED, detail="To be tried again", by=by, tries=0, next_try_at=now)
            retry.enqueue_resume(at=now)
    except ConcurrentUpdate:
        return False
    return True


def mark_as_settled(change: Change, *, by: Any, reason: str) -> bool:
    """Mark a change as settled in Delius by hand; return whether it was done. `reason` goes into its history."""
    try:
        transition(change, ChangeState.SETTLED, detail=f"Settled in Delius: {reason}", by=by, sent_at=None)
    except ConcurrentUpdate:
        return False
    return True
