"""Guidance on toolkits and risk flags."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """The guidance section."""

    name = "guidance"
    verbose_name = "Guidance"

    def ready(self) -> None:
        """Have deleted pages no longer found, and scheduled ones published in time."""
        from guidance.search import index
        from guidance.services import waking

        index.follow_deletions()
        waking.follow_schedules()
