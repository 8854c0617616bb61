"""The record of every request that is sent for a booking."""

from datetime import timedelta

from django.utils import timezone

from booking.models import Booking, UpstreamAttempt


class AttemptLog:
    """Collects the requests of one run, to be written down in one statement."""

    def __init__(self, booking: Booking) -> None:
        self._booking = booking
        self._attempts: list[UpstreamAttempt] = []

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Keep how a request ended: with a status, or with a fault."""
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
        """Write down what was collected."""
        UpstreamAttempt.objects.bulk_create(self._attempts)
        self._attempts = []
