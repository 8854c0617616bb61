"""The log of requests sent to Delius for a booking."""

from datetime import timedelta

from django.utils import timezone

from booking.models import Booking, UpstreamAttempt


class AttemptLog:
    """Collects the requests of one run and inserts them in one statement."""

    def __init__(self, booking: Booking) -> None:
        self._booking = booking
        self._attempts: list[UpstreamAttempt] = []

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Add a finished request, with its HTTP status or its fault."""
        self._attempts.append(
            UpstreamAttempt(
                booking=self._booking,
                began_at=timezone.now() - timedelta(milliseconds=milliseconds),
                operation=operation,
                correlation_id=correlation_id,
                status=status,
                fault=fault,
                milliseconds=milliseconds,
            )
        )

    def write(self) -> None:
        """Insert the collected requests."""
        UpstreamAttempt.objects.bulk_create(self._attempts)
        self._attempts = []
