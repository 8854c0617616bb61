"""Retention of feedback and of searches without results."""

from datetime import datetime

from guidance.models import Feedback, ZeroResultSearch


def purge_feedback(*, before: datetime) -> tuple[int, int]:
    """Delete feedback given before a moment, and searches without results that were last made before it.

    Either may contain a name. Returns how many of each.
    """
    feedback, _ = Feedback.objects.filter(given_at__lt=before).delete()
    searches, _ = ZeroResultSearch.objects.filter(last_at__lt=before).delete()
    return feedback, searches
