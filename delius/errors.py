"""Exceptions of the Delius client.

Messages hold no personal data, except the reasons that Delius itself gives for users to read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LIMITED_ACCESS = "You cannot see this record because access to it is limited in Delius."
NOT_ACCEPTED = "Delius did not accept this."


class DeliusError(Exception):
    """Base of all failures of reads from and writes to Delius."""


@dataclass(frozen=True)
class RefusedField:
    """A validation error of one field: its name in the contract, the error type, and Delius's message."""

    field: str
    type: str = ""
    message: str = ""


class Refused(DeliusError):
    """A request was rejected by validation (400): nothing was written, and a retry unchanged will not help.

    `reason` is Delius's own and may hold codes; `fields` are its field errors.
    """

    def __init__(self, reason: str = NOT_ACCEPTED, fields: Sequence[RefusedField] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = tuple(fields)


class ConflictReason(StrEnum):
    """What a write conflicts with."""

    OVERLAP = "OVERLAP"
    REFERENCE_SPENT = "REFERENCE_SPENT"
    IN_USE = "IN_USE"
    CHANGED = "CHANGED"
    NSI_CLOSED = "NSI_CLOSED"


@dataclass(frozen=True)
class Overlap:
    """An appointment of the person that overlaps the one sent; `start` and `end` are in Europe/London."""

    start: datetime
    end: datetime
    type_code: str
    type_description: str


class Conflict(DeliusError):
    """A write conflicts with what Delius has (409): nothing was written.

    `overlaps` has the overlapping appointments, where the reason is OVERLAP.
    """

    def __init__(self, reason: ConflictReason, overlaps: Sequence[Overlap] = ()) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.overlaps = tuple(overlaps)


class NotFound(DeliusError):
    """The resource does not exist in Delius (404). `what` is the operation, never an id."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Not found in Delius: {what}")
        self.what = what


class LimitedAccess(DeliusError):
    """The user has no access to this record (403). `message` can be shown: Delius's own, or a general one."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or LIMITED_ACCESS)
        self.message = message or LIMITED_ACCESS


class Unavailable(DeliusError):
    """No usable answer: Delius is down, slow or overloaded, or rejected our token.

    `may_have_taken_effect` is False for every read. For a write it is False only where certainly nothing was written:
    no connection was made, no token was issued, or the request was rejected unprocessed (401, 403, 429). A lost or
    unreadable answer and every 5xx leave it True. Writes are idempotent by reference, and may be retried either way.
    """

    def __init__(self, operation: str, *, may_have_taken_effect: bool = False) -> None:
        outcome = "may have taken effect" if may_have_taken_effect else "had no effect"
        super().__init__(f"{operation} got no usable answer and {outcome}")
        self.operation = operation
        self.may_have_taken_effect = may_have_taken_effect


class Overloaded(Unavailable):
    """Delius is overloaded (429, 503); `retry_after` is its Retry-After in seconds, None without one."""

    def __init__(self, operation: str, *, may_have_taken_effect: bool, retry_after: float | None = None) -> None:
        super().__init__(operation, may_have_taken_effect=may_have_taken_effect)
        self.retry_after = retry_after


class CircuitOpen(Overloaded):
    """Nothing was sent, because the circuit is open or the bulkhead is full.

    `retry_after` is the seconds until a retry is worthwhile.
    """

    retry_after: float

    def __init__(self, operation: str, *, retry_after: float) -> None:
        super().__init__(operation, may_have_taken_effect=False, retry_after=retry_after)


class DeliusContractError(DeliusError):
    """An answer violates the contract. Names the operation and the fields, never their values.

    A write has taken effect, and may be retried: it is idempotent.
    """

    def __init__(self, operation: str, *fields: str) -> None:
        super().__init__(f"{operation} answered without a usable {', '.join(fields) or 'body'}")
        self.operation = operation
        self.fields = fields
