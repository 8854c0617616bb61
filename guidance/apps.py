"""Guidance on toolkits and risk flags."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """The guidance section."""

    name = "guidance"
    verbose_name = "Guidance"

    def ready(self) -> None:
        """Have deleted pages no longer found."""
        from guidance.search import index

        index.follow_deletions()
