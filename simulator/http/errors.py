"""Error responses in the contract's format."""

from typing import Any

Json = dict[str, Any]


class Problem(Exception):
    """An error response.

    `fields` has the validation errors (type, message, field); `reason` and `overlaps` are of a conflict.
    """

    def __init__(self, status: int, message: str | None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        told = {"message": message, **more}
        self.body: Json = {"status": status, **{name: value for name, value in told.items() if value is not None}}


def bad_request(field: str, message: str, *, kind: str = "rule") -> Problem:
    """Return a 400 error of one field."""
    return Problem(400, message, fields=[{"type": kind, "message": message, "field": field}])


def not_found(what: str, which: object) -> Problem:
    """Return a 404 error."""
    return Problem(404, f"{what} {which} not found")


def conflict(reason: str, message: str, **more: Any) -> Problem:
    """Return a 409 error; `reason` is one of the contract's."""
    return Problem(409, message, reason=reason, **more)
