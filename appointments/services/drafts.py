"""Drafts of changes: saving, discarding, and release when a change is over."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from appointments.models import MAY_BE_CONFIRMED_AGAIN, Change, ChangeDraft


def save_answers(draft: ChangeDraft, answers: Mapping[str, Any]) -> None:
    """Save the answers of a draft. Of two first answers at the same time the last write wins, in one row."""
    draft.answers = dict(answers)
    draft.updated_at = timezone.now()
    if draft.pk is None:
        ChangeDraft.objects.bulk_create(
            [draft],
            update_conflicts=True,
            unique_fields=["user", "crn", "contact_id", "kind"],
            update_fields=["answers", "updated_at"],
        )
    else:
        draft.save(update_fields=["answers", "updated_at"])


def discard(draft: ChangeDraft) -> None:
    """Delete a draft."""
    if draft.pk is not None:
        draft.delete()


def release_draft(change: Change) -> None:
    """Release the draft of a change that is no longer under way.

    Where the user may confirm again it stays, with a new id for the next change; otherwise it is deleted.
    """
    draft = ChangeDraft.objects.filter(change_id=change.id)
    if change.state in MAY_BE_CONFIRMED_AGAIN:
        draft.update(change_id=uuid.uuid4())
    else:
        draft.delete()
