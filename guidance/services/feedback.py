"""Feedback on pages of guidance."""

from guidance.models import Feedback


def save_feedback(*, page: str, useful: bool, comment: str) -> None:
    """Save whether a page was useful and what was said of it, which may be empty. `page` is its path."""
    Feedback.objects.create(page=page, useful=useful, comment=comment)
