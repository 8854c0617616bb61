"""Forgetting what readers said and looked for."""

from datetime import datetime

from guidance.models import Feedback, FruitlessSearch


def purge_feedback(*, before: datetime) -> tuple[int, int]:
    """Delete feedback given before a moment, and searches that found nothing and were last made before it.

    Either may hold a name that somebody typed. Returns how many of each.
    """
    feedback, _ = Feedback.objects.filter(given_at__lt=before).delete()
    searches, _ = FruitlessSearch.objects.filter(last_at__lt=before).delete()
    return feedback, searches
