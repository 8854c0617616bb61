"""The project as a Django app: it holds the user model and the sign-in."""

from django.apps import AppConfig


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Have the calls to upstream services counted and told of in the log, and the time of each sign-in noted."""
        from rarbooking import metrics, sessions, timing

        metrics.connect()
        sessions.connect()
        timing.connect()
