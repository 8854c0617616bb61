"""The project as a Django app: it holds the user model and the sign-in."""

from django.apps import AppConfig


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Have calls upstream counted, the time of each sign-in noted, and the settings of a deployment checked."""
        from rarbooking import checks, metrics, sessions  # noqa: F401 - checks register themselves

        metrics.connect()
        sessions.connect()
