"""The settings that the Delius client reads."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from delius.upstream import Service


@dataclass(frozen=True)
class Connection:
    """Where the services are, who we are to them, and how long we wait. Times are in seconds."""

    auth_url: str
    integration_url: str
    client_id: str
    client_secret: str = field(repr=False)
    connect_timeout: float
    read_timeout: float
    parallel_reads: int


def connection() -> Connection:
    """Return the connection that the settings describe now."""
    return Connection(
        auth_url=settings.HMPPS_AUTH_URL.rstrip("/"),
        integration_url=settings.DELIUS_INTEGRATION_URL.rstrip("/"),
        client_id=settings.HMPPS_CLIENT_ID,
        client_secret=settings.HMPPS_CLIENT_SECRET,
        connect_timeout=settings.DELIUS_CONNECT_TIMEOUT,
        read_timeout=settings.DELIUS_READ_TIMEOUT,
        parallel_reads=settings.DELIUS_PARALLEL_READS,
    )


@dataclass(frozen=True)
class CircuitRules:
    """When a circuit opens: after how many failures in a row, and for how many seconds."""

    failures: int
    seconds: float


def circuit_rules() -> CircuitRules:
    """Return the rules that the settings describe now. No circuit ever opens where `failures` is 0."""
    return CircuitRules(failures=settings.DELIUS_CIRCUIT_FAILURES, seconds=settings.DELIUS_CIRCUIT_SECONDS)


def shared_store() -> str:
    """Return the address of the Redis that all processes share as their cache, empty where there is none."""
    cache: dict[str, Any] = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("RedisCache"):
        return ""
    location = cache["LOCATION"]
    return str(location if isinstance(location, str) else location[0])


def bulkhead_threads() -> int:
    """Return how many threads of this process may wait for Delius at once."""
    return int(settings.DELIUS_BULKHEAD_THREADS)


def parallel_reads() -> int:
    """Return how many reads of one page may be under way at once."""
    return int(settings.DELIUS_PARALLEL_READS)


def case_cache_seconds() -> int:
    """Return for how long a person's record may be shown again without reading it."""
    return int(settings.DELIUS_CACHE_SECONDS)


def reference_cache_seconds() -> int:
    """Return for how long appointment types and offices are used without reading them again."""
    return int(settings.DELIUS_REFERENCE_CACHE_SECONDS)


def reference_stale_seconds() -> int:
    """Return up to what age they are used while they are read again in the background."""
    return int(settings.DELIUS_REFERENCE_STALE_SECONDS)


def reference_outage_seconds() -> int:
    """Return up to what age they are used where Delius does not answer."""
    return int(settings.DELIUS_REFERENCE_OUTAGE_SECONDS)


def health_addresses() -> dict[Service, str]:
    """Return where each service tells of its health, without a token."""
    known = connection()
    return {
        Service.HMPPS_AUTH: f"{known.auth_url}/health/ping",
        Service.DELIUS: f"{known.integration_url}/health/ping",
    }


def health_timeout() -> float:
    """Return how many seconds the health of a service may take to be told."""
    return float(settings.HEALTH_UPSTREAM_TIMEOUT)
