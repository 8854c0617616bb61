"""Answers that say no, in the shape of the contract's errors."""

from typing import Any

Json = dict[str, Any]


class Problem(Exception):
    """A request is not carried out.

    `fields` names what is wrong with it (type, message, field); `reason` and `overlaps` are those of a conflict.
    """

    def __init__(self, status: int, message: str | None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        told = {"message": message, **more}
        self.answer: Json = {"status": status, **{name: value for name, value in told.items() if value is not None}}


def refused(field: str, message: str, *, kind: str = "rule") -> Problem:
    """Return the refusal of a request in which one field breaks a rule."""
    return Problem(400, message, fields=[{"type": kind, "message": message, "field": field}])


def not_found(what: str, which: object) -> Problem:
    """Return the answer for a record that is not there."""
    return Problem(404, f"{what} {which} not found")


def conflict(reason: str, message: str, **more: Any) -> Problem:
    """Return the answer for a request that conflicts with what is there; `reason` is one of the contract's."""
    return Problem(409, message, reason=reason, **more)
