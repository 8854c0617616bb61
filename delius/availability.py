"""Availability of upstream services, from their circuit breakers: no request is sent."""

from delius.client import get_client
from delius.http import circuit_breaker
from delius.upstream import Service

__all__ = ["Service", "calls_retry_after", "retry_after", "states"]

retry_after = circuit_breaker.retry_after
states = circuit_breaker.states


def calls_retry_after(*, username: str | None = None) -> float | None:
    """Return the seconds until reads and writes should be retried; None while they are sent.

    An open circuit to HMPPS Auth does not matter while there is a cached token (for a user where one is named).
    """
    if wait := retry_after(Service.DELIUS):
        return wait
    wait = retry_after(Service.HMPPS_AUTH)
    return wait if wait and not get_client().has_token(username) else None
