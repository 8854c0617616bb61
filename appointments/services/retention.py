"""Retention of outcomes, moves, what was typed for them, drafts of them, and texts."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from appointments.models import MAY_BE_CONFIRMED_AGAIN, ChangeDraft, ChangeState, TextMessage
from appointments.selectors import KINDS
from appointments.services.states import FINAL_STATES, without_typed_text

# Changes deleted in one statement, each with its history and attempts.
BATCH_SIZE = 500


def purge_drafts(*, before: datetime) -> int:
    """Delete drafts not updated since `before`, except of changes under way; return how many."""
    old = ChangeDraft.objects.filter(updated_at__lt=before)
    for kind in KINDS:
        under_way = kind._default_manager.filter(id=OuterRef("change_id"), state=ChangeState.SUBMITTED)
        old = old.exclude(Exists(under_way))
    deleted, _ = old.delete()
    return deleted


def erase_typed_text(*, before: datetime) -> int:
    """Erase what was typed for changes that were refused, or whose appointment had changed, before a moment."""
    forgotten = 0
    for kind in KINDS:
        old = kind._default_manager.filter(state__in=MAY_BE_CONFIRMED_AGAIN, updated_at__lt=before).exclude(text="")
        for change in old.iterator():
            # Conditional on the state that was read: another process may have changed it.
            same = kind._default_manager.filter(id=change.id, state=change.state)
            forgotten += same.update(**without_typed_text(change))
    return forgotten


def purge_changes(*, before: datetime) -> int:
    """Delete changes that came to an end before a moment; return how many.

    One that is under way or needs attention stays. What they changed is Delius's to keep.
    """
    purged = 0
    for kind in KINDS:
        # `created_at` is implied by `updated_at`; it is there so that its index is used.
        over = kind._default_manager.filter(state__in=FINAL_STATES, updated_at__lt=before, created_at__lt=before)
        ids = list(over.values_list("id", flat=True))
        for start in range(0, len(ids), BATCH_SIZE):
            kind._default_manager.filter(id__in=ids[start : start + BATCH_SIZE]).delete()
        purged += len(ids)
    return purged


def purge_text_messages(*, before: datetime) -> int:
    """Delete texts whose appointment was before a moment and that nothing more becomes of; return how many."""
    over = TextMessage.objects.filter(next_try_at=None, appointment_start__lt=before, created_at__lt=before)
    deleted, _ = over.delete()
    return deleted
