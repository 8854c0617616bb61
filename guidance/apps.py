"""Guidance on toolkits and risk flags."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """The guidance section."""

    name = "guidance"
    verbose_name = "Guidance"
