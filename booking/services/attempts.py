"""The record of every request that is sent for a booking."""

from booking.models import Booking, UpstreamAttempt


class AttemptLog:
    """Writes each request down before it goes out and again when it has ended: what a crash cut off has no end."""

    def __init__(self, booking: Booking) -> None:
        self._booking = booking

    def began(self, *, operation: str, correlation_id: str) -> int:
        """Write down a request that is about to go out, and return its row's id."""
        return UpstreamAttempt.objects.create(
            booking=self._booking, operation=operation, correlation_id=correlation_id
        ).id

    def ended(self, record: int, *, status: int | None, fault: str, milliseconds: int) -> None:
        """Write down how a request ended."""
        UpstreamAttempt.objects.filter(id=record).update(status=status, fault=fault, milliseconds=milliseconds)
