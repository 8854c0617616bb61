"""The project as a Django app: user and session models, sign-in, management commands."""

from django.apps import AppConfig
from django.conf import settings


class RarbookingConfig(AppConfig):
    """The project's own models and commands."""

    name = "rarbooking"
    verbose_name = "Arrange RAR appointments"

    def ready(self) -> None:
        """Register checks, connect signal receivers (metrics, sessions, log context and others) and start tracing."""
        from rarbooking import checks  # noqa: F401 - registers itself
        from rarbooking.identity import sessions
        from rarbooking.observability import correlation, log_context, metrics, request_timing

        metrics.connect()
        correlation.connect()
        sessions.connect()
        request_timing.connect()
        log_context.connect()
        if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
            from rarbooking.observability import tracing

            tracing.start(
                endpoint=settings.OTEL_EXPORTER_OTLP_ENDPOINT,
                service=settings.OTEL_SERVICE_NAME,
                release=settings.GIT_REF,
                key=settings.LOG_CRN_KEY,
            )
