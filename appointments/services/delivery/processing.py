"""Processing of a change: one request to Delius, idempotent by an id stored with the change.

An attempt whose outcome is not known is repeated as it was, at any time and by any number of processes.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from appointments.models import Change, ChangeAttempt, ChangeState
from appointments.services.delivery import retry
from appointments.services.delivery.requests import request_of
from appointments.services.drafts import release_draft
from appointments.services.states import transition
from cases.delivery.attempts import AttemptLog
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update
from delius import selectors
from delius.errors import (
    CircuitOpen,
    Conflict,
    ConflictReason,
    DeliusContractError,
    LimitedAccess,
    NotFound,
    Overloaded,
    Refused,
    Unavailable,
)
from delius.http.attempts import recorded_by
from delius.records import Appointment
from delius.retries import backoff

C = TypeVar("C", bound=Change)

logger = structlog.get_logger(__name__)


def process(change: C, *, is_new: bool = False, try_counted: bool = False) -> C:
    """Send a submitted change to Delius, and return it in its new state.

    `is_new` says that it was created for this call. Where Delius does not answer it stays submitted and a retry is
    scheduled. A try that the caller has counted (`try_counted`) is refunded where the circuit is open, because nothing
    was sent. Safe to call concurrently.
    """
    if change.state == ChangeState.SUBMITTED:
        log = AttemptLog(ChangeAttempt, **{change.kind: change})
        run = _Run(change, log, may_be_in_delius=change.sent_at is not None and not is_new)
        try:
            with recorded_by(run.log):
                _send(run, is_new=is_new)
        except ConcurrentUpdate:
            change.refresh_from_db()
            run.log.write()
        except (Unavailable, DeliusContractError) as fault:
            _schedule_retry(run, fault, try_counted=try_counted)
    else:
        release_draft(change)
    return change


@dataclass
class _Run:
    """One processing run. `may_be_in_delius` says whether an earlier request may have taken effect."""

    change: Change
    log: AttemptLog
    may_be_in_delius: bool


def _send(run: _Run, *, is_new: bool) -> None:
    change = run.change
    if not is_new:
        # Where another process has set `sent_at` since the change was read, that process is sending it.
        conditional_update(change, only_if=Q(sent_at=change.sent_at), sent_at=timezone.now())
    try:
        now_there = request_of(change).send(change)
    except (Unavailable, DeliusContractError) as fault:
        run.may_be_in_delius = run.may_be_in_delius or not isinstance(fault, Unavailable) or fault.may_have_taken_effect
        raise
    except (LimitedAccess, NotFound) as answer:
        # Neither says whether an earlier try took effect; a refusal would.
        if run.may_be_in_delius:
            _finish(run, ChangeState.NEEDS_ATTENTION, detail=f"Sent, and then {type(answer).__name__}")
        else:
            _refuse(run, answer)
    except (Conflict, Refused) as answer:
        _refuse(run, answer)
    else:
        _record(run, now_there)


def _record(run: _Run, now_there: Appointment) -> None:
    fields = request_of(run.change).recorded(now_there)
    _finish(run, ChangeState.RECORDED, detail=f"Appointment {now_there.contact_id}", sent_at=None, **fields)


def _refuse(run: _Run, answer: Refused | Conflict | LimitedAccess | NotFound) -> None:
    detail = answer.reason.value if isinstance(answer, Conflict) else type(answer).__name__
    if isinstance(answer, Conflict) and answer.reason is ConflictReason.CHANGED:
        _finish(run, ChangeState.CHANGED, detail=detail, sent_at=None)
    else:
        fields = request_of(run.change).refused(answer)
        _finish(run, ChangeState.REFUSED, detail=detail, sent_at=None, **fields)


def _finish(run: _Run, to: ChangeState, **changes: Any) -> None:
    with transaction.atomic():
        transition(run.change, to, **changes)
        run.log.write()
        release_draft(run.change)
    # Also where it was refused: what the user was shown of the person may be out of date.
    selectors.invalidate_case(run.change.crn, username=run.change.user.username)


def _schedule_retry(run: _Run, fault: Unavailable | DeliusContractError, *, try_counted: bool) -> None:
    """Schedule the next try, at the time of Delius's Retry-After or with exponential backoff."""
    change = run.change
    logger.warning("change_retry_scheduled", change=str(change.id), fault=type(fault).__name__)
    retry_after = fault.retry_after if isinstance(fault, Overloaded) else None
    at = timezone.now() + (timedelta(seconds=retry_after) if retry_after is not None else backoff(change.tries))
    changes: dict[str, Any] = {"next_try_at": at}
    if not run.may_be_in_delius:
        changes["sent_at"] = None
    if isinstance(fault, CircuitOpen) and try_counted and change.tries:
        changes["tries"] = change.tries - 1
    with transaction.atomic():
        run.log.write()
        with suppress(ConcurrentUpdate):
            conditional_update(change, only_if=Q(sent_at=change.sent_at), **changes)
        retry.enqueue_resume(at=at)
