"""The toolkits room."""

from django.apps import AppConfig


class ToolkitsConfig(AppConfig):
    """Toolkits and the rollout of them, team by team."""

    name = "toolkits"
    verbose_name = "Toolkits"

    def ready(self) -> None:
        """Have what is kept of toolkits forgotten when it changes."""
        from toolkits import reference_data  # noqa: F401
