"""The log of requests sent to Delius for a change."""

from datetime import timedelta

from django.utils import timezone

from appointments.models import Change, ChangeAttempt


class AttemptLog:
    """Collects the requests of one run and inserts them in one statement."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._attempts: list[ChangeAttempt] = []

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Add a finished request, with its HTTP status or its fault."""
        attempt = ChangeAttempt(
            began_at=timezone.now() - timedelta(milliseconds=milliseconds),
            operation=operation,
            correlation_id=correlation_id,
            status=status,
            fault=fault,
            milliseconds=milliseconds,
        )
        setattr(attempt, self._change.kind, self._change)
        self._attempts.append(attempt)

    def write(self) -> None:
        """Insert the collected requests."""
        ChangeAttempt.objects.bulk_create(self._attempts)
        self._attempts = []
