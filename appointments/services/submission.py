"""Submission of confirmed drafts as changes."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments import auditing
from appointments.models import Change, ChangeState
from appointments.selectors import forget_changes_to_report
from appointments.services.delivery import retry
from appointments.services.states import FINAL_STATES
from delius.http.attempts import correlation_id
from delius.retries import FIRST_DELAY

C = TypeVar("C", bound=Change)


def submit(changes: Sequence[C]) -> tuple[C, bool]:
    """Create changes of one kind in one transaction; return the first, and whether it is new.

    Idempotent by their ids: where the first is there already, that is returned. A resume task is enqueued in the same
    transaction, so a worker finishes them after a crash.
    """
    now = timezone.now()
    # This process sends the first; a worker may send the others, and all of them after a crash.
    due = now + FIRST_DELAY * 3
    first = changes[0]
    for change in changes:
        change.next_try_at = due
        change.correlation_id = correlation_id()
    first.sent_at = now
    model = type(first)
    try:
        with transaction.atomic():
            model._default_manager.bulk_create(changes)
            for change in changes:
                auditing.change_state_changed(change, before="", to=ChangeState.SUBMITTED)
            retry.enqueue_resume(at=due)
            transaction.on_commit(partial(forget_changes_to_report, user_id=first.user_id))
    except IntegrityError:
        return model._default_manager.select_related("user").get(id=first.id), False
    return first, True


def mark_outcomes_seen(*changes: Change, **values: Any) -> None:
    """Record that what became of changes of one kind, in a final state, has been shown to their user.

    With `values` of other fields, as they were shown.
    """
    seen = [each for each in changes if each.state in FINAL_STATES and each.outcome_seen_at is None]
    if seen:
        type(seen[0])._default_manager.filter(id__in=[each.id for each in seen]).update(
            outcome_seen_at=timezone.now(), **values
        )
        forget_changes_to_report(user_id=seen[0].user_id)
