"""App configuration of guidance."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """The guidance section."""

    name = "guidance"
    verbose_name = "Guidance"

    def ready(self) -> None:
        """Connect the signals that keep the search index up to date."""
        from guidance.search import index

        index.connect_signals()
