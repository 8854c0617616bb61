"""One run of sending a row to Delius, and the next try where Delius does not answer."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.delivery.attempts import AttemptLog
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update
from delius.errors import CircuitOpen, DeliusContractError, Overloaded, Unavailable
from delius.retries import backoff

logger = structlog.get_logger(__name__)


@dataclass
class Run:
    """A run for a row, with the log of its requests.

    `may_be_in_delius` says whether an earlier request may have taken effect. `is_new` that the row was created for
    this run.
    """

    row: Any
    log: AttemptLog
    is_new: bool
    may_be_in_delius: bool

    def not_answered(self, fault: Unavailable | DeliusContractError) -> None:
        """Remember that the request of a fault may have taken effect."""
        if not isinstance(fault, Unavailable) or fault.may_have_taken_effect:
            self.may_be_in_delius = True


def schedule_retry(
    run: Run,
    fault: Unavailable | DeliusContractError,
    *,
    name: str,
    try_counted: bool,
    enqueue_resume: Callable[..., None],
    **fields: Any,
) -> None:
    """Schedule the next try, at the time of Delius's Retry-After or with exponential backoff, and save `fields`.

    `name` is what the row is called in log events. A try that was counted is refunded where the circuit is open.
    """
    row = run.row
    logger.warning(f"{name}_retry_scheduled", **{name: str(row.id)}, fault=type(fault).__name__)
    retry_after = fault.retry_after if isinstance(fault, Overloaded) else None
    at = timezone.now() + (timedelta(seconds=retry_after) if retry_after is not None else backoff(row.tries))
    changes: dict[str, Any] = {"next_try_at": at, **fields}
    if not run.may_be_in_delius:
        changes["sent_at"] = None
    if isinstance(fault, CircuitOpen) and try_counted and row.tries:
        changes["tries"] = row.tries - 1
    with transaction.atomic():
        run.log.write()
        with suppress(ConcurrentUpdate):
            conditional_update(row, only_if=Q(sent_at=row.sent_at), **changes)
        enqueue_resume(at=at)
