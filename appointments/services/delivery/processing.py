"""Processing of a change: one request to Delius, idempotent by an id stored with the change.

An attempt whose outcome is not known is repeated as it was, at any time and by any number of processes.
"""

from typing import Any, TypeVar

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
from cases.delivery.run import Run, schedule_retry
from delius import selectors
from delius.errors import (
    Conflict,
    ConflictReason,
    DeliusContractError,
    LimitedAccess,
    NotFound,
    Refused,
    Unavailable,
)
from delius.http.attempts import recorded_by
from delius.records import Appointment

C = TypeVar("C", bound=Change)


def process(change: C, *, is_new: bool = False, try_counted: bool = False) -> C:
    """Send a submitted change to Delius, and return it in its new state.

    `is_new` says that it was created for this call. Where Delius does not answer it stays submitted and a retry is
    scheduled. A try that the caller has counted (`try_counted`) is refunded where the circuit is open, because nothing
    was sent. Safe to call concurrently.
    """
    if change.state == ChangeState.SUBMITTED:
        log = AttemptLog(ChangeAttempt, **{change.kind: change})
        run = Run(change, log, is_new=is_new, may_be_in_delius=change.sent_at is not None and not is_new)
        try:
            with recorded_by(run.log):
                _send(run)
        except ConcurrentUpdate:
            change.refresh_from_db()
            run.log.write()
        except (Unavailable, DeliusContractError) as fault:
            schedule_retry(run, fault, name="change", try_counted=try_counted, enqueue_resume=retry.enqueue_resume)
    else:
        release_draft(change)
    return change


def _send(run: Run) -> None:
    change = run.row
    if not run.is_new:
        # Where another process has set `sent_at` since the change was read, that process is sending it.
        conditional_update(change, only_if=Q(sent_at=change.sent_at), sent_at=timezone.now())
    try:
        now_there = request_of(change).send(change)
    except (Unavailable, DeliusContractError) as fault:
        run.not_answered(fault)
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


def _record(run: Run, now_there: Appointment) -> None:
    fields = request_of(run.row).recorded(now_there)
    _finish(run, ChangeState.RECORDED, detail=f"Appointment {now_there.contact_id}", sent_at=None, **fields)


def _refuse(run: Run, answer: Refused | Conflict | LimitedAccess | NotFound) -> None:
    detail = answer.reason.value if isinstance(answer, Conflict) else type(answer).__name__
    if isinstance(answer, Conflict) and answer.reason is ConflictReason.CHANGED:
        _finish(run, ChangeState.CHANGED, detail=detail, sent_at=None)
    else:
        fields = request_of(run.row).refused(answer)
        _finish(run, ChangeState.REFUSED, detail=detail, sent_at=None, **fields)


def _finish(run: Run, to: ChangeState, **changes: Any) -> None:
    with transaction.atomic():
        transition(run.row, to, **changes)
        run.log.write()
        release_draft(run.row)
    # Also where it was refused: what the user was shown of the person may be out of date.
    selectors.invalidate_case(run.row.crn, username=run.row.user.username)
