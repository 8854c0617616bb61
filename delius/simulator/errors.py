"""Answers that say no."""

from typing import Any


class Refusal(Exception):
    """A request is refused, with a status and a reason, or with a body of its own."""

    def __init__(self, status: int, reason: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.body = body


def bad_request(reason: str) -> Refusal:
    """Return the refusal of a request that breaks a rule."""
    return Refusal(400, reason)
