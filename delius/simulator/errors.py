"""Answers that say no."""


class Refusal(Exception):
    """A request is refused, with a status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def bad_request(reason: str) -> Refusal:
    """Return the refusal of a request that breaks a rule."""
    return Refusal(400, reason)
