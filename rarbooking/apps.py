"""The project as a Django app: it holds the user model and the sign-in."""

from django.apps import AppConfig
from django.conf import settings


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Have the calls to upstream services counted, pages given an id, and both traced where that is set."""
        from rarbooking import correlation, metrics

        metrics.connect()
        correlation.connect()
        if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
            from rarbooking import tracing

            tracing.start(
                endpoint=settings.OTEL_EXPORTER_OTLP_ENDPOINT,
                service=settings.OTEL_SERVICE_NAME,
                release=settings.GIT_REF,
                key=settings.LOG_CRN_KEY,
            )
