"""App configuration of toolkits."""

from django.apps import AppConfig


class ToolkitsConfig(AppConfig):
    """Toolkits and the rollout of them, team by team."""

    name = "toolkits"
    verbose_name = "Toolkits"

    def ready(self) -> None:
        """Connect the receivers that invalidate the cache."""
        from toolkits import cache  # noqa: F401
