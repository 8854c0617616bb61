"""What can go wrong between the product and Delius, as the types that the rest of the house acts on.

No message here holds personal data, except the reasons and messages that upstream itself gives for people to read.
"""

LIMITED_ACCESS = "You cannot see this record because access to it is limited in Delius."
NOT_ACCEPTED = "Delius did not accept this."
CLASHES = "This clashes with another appointment."


class DeliusError(Exception):
    """Any failure of a read from, or a write to, the services in front of Delius."""


class Refused(DeliusError):
    """A request breaks a rule: nothing was written, and sending it again unchanged will not help.

    `reason` is upstream's own, fit to be shown; `status` is the HTTP status it came with.
    """

    def __init__(self, reason: str = NOT_ACCEPTED, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Clash(DeliusError):
    """The person has another appointment at that time (409): nothing was written now.

    Community API does not say whose the other appointment is. It may be one that an earlier attempt made.
    """

    def __init__(self, reason: str = CLASHES) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(DeliusError):
    """What was asked for, or written to, does not exist in Delius (404). `what` names it, never by its identity."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Not found in Delius: {what}")
        self.what = what


class Forbidden(DeliusError):
    """Delius does not let this be read or written (403): a role or provider is missing, or access is limited.

    `message` is Delius's own for limited access, fit to be shown; empty for any other cause.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "Not allowed by Delius")
        self.message = message


class Unavailable(DeliusError):
    """A service gave no answer that can be used: it is down, slow, overloaded, or does not take our token.

    `may_have_taken_effect` is False for every read. For a write it is False only where it is certain that nothing was
    written: no connection was made, no token was to be had, the token was turned down, or the request was turned away
    unread (429). A lost or unreadable answer and every 5xx leave it True: Community API hands writes on to Delius, so
    even its 503 may follow a write.
    """

    def __init__(self, operation: str, *, may_have_taken_effect: bool = False) -> None:
        outcome = "may have taken effect" if may_have_taken_effect else "had no effect"
        super().__init__(f"{operation} got no usable answer and {outcome}")
        self.operation = operation
        self.may_have_taken_effect = may_have_taken_effect


class Overloaded(Unavailable):
    """A service asks to be left alone for a while (429, 503).

    `retry_after` is in how many seconds it asks to be tried again; None where it does not say.
    """

    def __init__(self, operation: str, *, may_have_taken_effect: bool, retry_after: float | None = None) -> None:
        super().__init__(operation, may_have_taken_effect=may_have_taken_effect)
        self.retry_after = retry_after


class LeftAlone(Overloaded):
    """A service is left alone for now, because it did not answer for a while: nothing was sent.

    `retry_after` is in how many seconds it is worth asking again.
    """

    retry_after: float

    def __init__(self, operation: str, *, retry_after: float) -> None:
        super().__init__(operation, may_have_taken_effect=False, retry_after=retry_after)


class DeliusContractError(DeliusError):
    """An answer to a read lacks something that we act on. Names the operation and the fields, never their values."""

    def __init__(self, operation: str, *fields: str) -> None:
        super().__init__(f"{operation} answered without a usable {', '.join(fields) or 'body'}")
        self.operation = operation
        self.fields = fields
