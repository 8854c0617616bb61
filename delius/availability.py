"""Whether it is worth asking Delius anything now. Nothing is asked of it to find out."""

from delius import breakers
from delius.client import get_client
from delius.services import Service

__all__ = ["Service", "left_alone_for", "reads_left_alone_for", "states", "writes_left_alone_for"]

states = breakers.states


def reads_left_alone_for() -> float | None:
    """Return in how many seconds it is worth reading again, None where reads are sent."""
    if wait := breakers.left_alone_for(Service.COMMUNITY_API):
        return wait
    wait = breakers.left_alone_for(Service.HMPPS_AUTH)
    return wait if wait and not get_client().has_token() else None


def writes_left_alone_for(*, username: str, creates_nsi: bool) -> float | None:
    """Return in how many seconds it is worth writing an appointment for a user, None where that is sent.

    `creates_nsi` is whether its NSI may have to be created first, for which Delius API is needed as well.
    """
    needed = [Service.COMMUNITY_API, *([Service.DELIUS_API] if creates_nsi else [])]
    if wait := breakers.left_alone_for(*needed):
        return wait
    wait = breakers.left_alone_for(Service.HMPPS_AUTH)
    client = get_client()
    return wait if wait and not (client.has_token() and client.has_token(username)) else None


def left_alone_for(*services: Service) -> float | None:
    """Return in how many seconds it is worth asking some services again, None where requests to all are sent."""
    return breakers.left_alone_for(*services)
