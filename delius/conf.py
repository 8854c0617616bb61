"""The settings that the delius room reads."""

from dataclasses import dataclass, field

from django.conf import settings


@dataclass(frozen=True)
class Connection:
    """Where the services are, who we are to them, and how long we wait. Times are in seconds."""

    auth_url: str
    community_api_url: str
    delius_api_url: str
    client_id: str
    client_secret: str = field(repr=False)
    connect_timeout: float
    read_timeout: float
    parallel_reads: int


def connection() -> Connection:
    """Return the connection that the settings describe now."""
    return Connection(
        auth_url=settings.HMPPS_AUTH_URL.rstrip("/"),
        community_api_url=settings.COMMUNITY_API_URL.rstrip("/"),
        delius_api_url=settings.DELIUS_API_URL.rstrip("/"),
        client_id=settings.HMPPS_CLIENT_ID,
        client_secret=settings.HMPPS_CLIENT_SECRET,
        connect_timeout=settings.DELIUS_CONNECT_TIMEOUT,
        read_timeout=settings.DELIUS_READ_TIMEOUT,
        parallel_reads=settings.DELIUS_PARALLEL_READS,
    )


def parallel_reads() -> int:
    """Return how many reads of one page may be under way at once."""
    return int(settings.DELIUS_PARALLEL_READS)


def sync_parallel() -> int:
    """Return how many cases the sync of the mirror may be reading at once."""
    return int(settings.DELIUS_SYNC_PARALLEL)


def case_cache_seconds() -> int:
    """Return for how long a person's record may be shown again without reading it."""
    return int(settings.DELIUS_CACHE_SECONDS)


def reference_cache_seconds() -> int:
    """Return for how long appointment types and offices are kept."""
    return int(settings.DELIUS_REFERENCE_CACHE_SECONDS)


def urn_in_notes() -> bool:
    """Return whether an NSI's URN is written in its notes as well, for versions that do not keep externalReference."""
    return bool(settings.NSI_URN_IN_NOTES)


def health_timeout() -> float:
    """Return how many seconds the health of a service may take to be told."""
    return float(settings.HEALTH_UPSTREAM_TIMEOUT)
