"""What can go wrong between the product and Delius, as the types that the rest of the house acts on.

No message here holds personal data, except the reasons and messages that Delius itself gives for people to read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LIMITED_ACCESS = "You cannot see this record because access to it is limited in Delius."
NOT_ACCEPTED = "Delius did not accept this."


class DeliusError(Exception):
    """Any failure of a read from, or a write to, Delius."""


@dataclass(frozen=True)
class RefusedField:
    """What is wrong with one field of a request: its name in the contract, the kind of fault, and Delius's words."""

    field: str
    type: str = ""
    message: str = ""


class Refused(DeliusError):
    """A rule stands against a request (400): nothing was written, and sending it again unchanged will not help.

    `reason` is Delius's own and may hold codes; `fields` are what it names as wrong.
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
    """Another appointment of the person at the time of one that was sent; `start` and `end` are in Europe/London."""

    start: datetime
    end: datetime
    type_code: str
    type_description: str


class Conflict(DeliusError):
    """A write conflicts with what Delius has (409): nothing was written.

    `overlaps` has the appointments that are in the way, where the reason is OVERLAP.
    """

    def __init__(self, reason: ConflictReason, overlaps: Sequence[Overlap] = ()) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.overlaps = tuple(overlaps)


class NotFound(DeliusError):
    """What was asked for, or written to, does not exist in Delius (404). `what` names it, never by its identity."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Not found in Delius: {what}")
        self.what = what


class LimitedAccess(DeliusError):
    """The user may not see or write this record (403). `message` is Delius's own, fit to be shown, or a general one."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or LIMITED_ACCESS)
        self.message = message or LIMITED_ACCESS


class Unavailable(DeliusError):
    """Delius gave no answer that can be used: it is down, slow, overloaded, or does not take our token.

    `may_have_taken_effect` is False for every read. For a write it is False only where it is certain that nothing was
    written: no connection was made, no token was to be had, the token was turned down, or the request was turned away
    unread (429). A lost or unreadable answer and every 5xx leave it True. Either way the same write, with the same
    reference, may be sent again.
    """

    def __init__(self, operation: str, *, may_have_taken_effect: bool = False) -> None:
        outcome = "may have taken effect" if may_have_taken_effect else "had no effect"
        super().__init__(f"{operation} got no usable answer and {outcome}")
        self.operation = operation
        self.may_have_taken_effect = may_have_taken_effect


class Overloaded(Unavailable):
    """Delius asks to be tried again later (429, 503): in `retry_after` seconds, None where it does not say."""

    def __init__(self, operation: str, *, may_have_taken_effect: bool, retry_after: float | None = None) -> None:
        super().__init__(operation, may_have_taken_effect=may_have_taken_effect)
        self.retry_after = retry_after


class CircuitOpen(Overloaded):
    """Nothing was sent, because the service has not answered for a while or too many threads wait for it already.

    `retry_after` is in how many seconds it is worth trying again.
    """

    retry_after: float

    def __init__(self, operation: str, *, retry_after: float) -> None:
        super().__init__(operation, may_have_taken_effect=False, retry_after=retry_after)


class DeliusContractError(DeliusError):
    """An answer lacks something that we act on. Names the operation and the fields, never their values.

    After a write it has taken effect, and the same write may be sent again.
    """

    def __init__(self, operation: str, *fields: str) -> None:
        super().__init__(f"{operation} answered without a usable {', '.join(fields) or 'body'}")
        self.operation = operation
        self.fields = fields
