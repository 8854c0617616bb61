"""The settings that the Delius client reads."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from delius.upstream import Service


@dataclass(frozen=True)
class Connection:
    """URLs, credentials, time-outs (seconds) and concurrency of the client."""

    auth_url: str
    integration_url: str
    client_id: str
    client_secret: str = field(repr=False)
    connect_timeout: float
    read_timeout: float
    parallel_reads: int


def connection() -> Connection:
    """Return the connection of the current settings."""
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
    """Circuit breaker thresholds: consecutive failures that open it, and seconds it stays open."""

    failures: int
    seconds: float


def circuit_rules() -> CircuitRules:
    """Return the rules of the current settings. `failures` of 0 disables circuit breakers."""
    return CircuitRules(failures=settings.DELIUS_CIRCUIT_FAILURES, seconds=settings.DELIUS_CIRCUIT_SECONDS)


def redis_url() -> str:
    """Return the URL of the Redis cache that all processes share, empty where there is none."""
    cache: dict[str, Any] = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("RedisCache"):
        return ""
    location = cache["LOCATION"]
    return str(location if isinstance(location, str) else location[0])


def bulkhead_threads() -> int:
    """Return how many threads of a process the bulkhead admits."""
    return int(settings.DELIUS_BULKHEAD_THREADS)


def parallel_reads() -> int:
    """Return how many parallel reads a page may make."""
    return int(settings.DELIUS_PARALLEL_READS)


def case_cache_seconds() -> int:
    """Return the cache time of a person's record in seconds."""
    return int(settings.DELIUS_CACHE_SECONDS)


def reference_cache_seconds() -> int:
    """Return the age in seconds up to which reference data is fresh."""
    return int(settings.DELIUS_REFERENCE_CACHE_SECONDS)


def reference_stale_seconds() -> int:
    """Return the age in seconds up to which reference data is served stale while it is refreshed."""
    return int(settings.DELIUS_REFERENCE_STALE_SECONDS)


def reference_outage_seconds() -> int:
    """Return the age in seconds up to which reference data is served while Delius is unavailable."""
    return int(settings.DELIUS_REFERENCE_OUTAGE_SECONDS)


def health_addresses() -> dict[Service, str]:
    """Return the URL of each service's health ping, which needs no token."""
    known = connection()
    return {
        Service.HMPPS_AUTH: f"{known.auth_url}/health/ping",
        Service.DELIUS: f"{known.integration_url}/health/ping",
    }


def health_timeout() -> float:
    """Return the time-out of a health check in seconds."""
    return float(settings.HEALTH_UPSTREAM_TIMEOUT)
