"""Whether it is worth asking Delius anything now. Nothing is asked of it to find out."""

from delius.client import get_client
from delius.http import circuit_breaker
from delius.upstream import Service

__all__ = ["Service", "reads_retry_after", "retry_after", "states", "writes_retry_after"]

retry_after = circuit_breaker.retry_after
states = circuit_breaker.states


def reads_retry_after(*, username: str | None = None) -> float | None:
    """Return in how many seconds it is worth reading again, for a user where one is named; None where reads are sent.

    An outage of HMPPS Auth does not matter while there is a token.
    """
    if wait := retry_after(Service.DELIUS):
        return wait
    wait = retry_after(Service.HMPPS_AUTH)
    return wait if wait and not get_client().has_token(username) else None


def writes_retry_after(*, username: str) -> float | None:
    """Return in how many seconds it is worth writing for a user again, None where writes are sent."""
    return reads_retry_after(username=username)
