"""The toolkits room."""

from django.apps import AppConfig


class ToolkitsConfig(AppConfig):
    """Toolkits and the rollout of them, team by team."""

    name = "toolkits"
    verbose_name = "Toolkits"
