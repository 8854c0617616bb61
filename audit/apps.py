"""App configuration of the audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only audit."""

    name = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        """Connect the receivers of sign-in events."""
        from audit import sign_in_events

        sign_in_events.connect()
