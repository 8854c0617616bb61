"""The project as a Django app: it holds the user model and the sign-in."""

from django.apps import AppConfig


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Have calls upstream counted, sign-ins noted, lines of the log made complete, and a deployment checked."""
        from rarbooking import checks, log_context, metrics, sessions  # noqa: F401 - checks register themselves

        metrics.connect()
        sessions.connect()
        log_context.connect()
