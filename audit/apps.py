"""The audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """A record of who did what, to which nothing but a new event is ever added."""

    name = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        """Have signing in and out recorded."""
        from audit import signing_in

        signing_in.connect()
