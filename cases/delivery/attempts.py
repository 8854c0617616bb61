"""The log of requests sent to Delius for a row."""

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone


class AttemptLog:
    """Collects the requests of one run and inserts them in one statement.

    They are rows of `model`; `of` names the row that they were sent for, by the name of the foreign key.
    """

    def __init__(self, model: type[Model], **of: Any) -> None:
        self._model = model
        self._of = of
        self._attempts: list[Model] = []

    def ended(self, *, operation: str, correlation_id: str, status: int | None, fault: str, milliseconds: int) -> None:
        """Add a finished request, with its HTTP status or its fault."""
        self._attempts.append(
            self._model(
                **self._of,
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
        self._model._default_manager.bulk_create(self._attempts)
        self._attempts = []
