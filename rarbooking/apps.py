"""The project as a Django app: it holds the user model and the sign-in."""

from django.apps import AppConfig


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Have upstream calls counted, sign-ins noted, and lines of the log say which request they are of."""
        from rarbooking import log_context, metrics, sessions

        metrics.connect()
        sessions.connect()
        log_context.connect()
