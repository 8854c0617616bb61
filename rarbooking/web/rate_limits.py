"""Rate limits: by user, and by client address before sign-in (moving window)."""

import ipaddress
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from govuk.cached_urls import url_of

STORE_SECONDS = 0.5
IPV6_NETWORK_BITS = 64
MAX_USERNAME_LENGTH = 150

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ExceededLimit:
    """An exceeded limit, and the seconds until the next request is allowed."""

    limit: str
    seconds: int


def exceeded_limit(request: HttpRequest) -> ExceededLimit | None:
    """Count a request; return the limit it exceeds, or None. Fails open where the store is down."""
    try:
        for name, key in _applicable_limits(request):
            for limit in settings.RATE_LIMITS[name]:
                if not _limiter().hit(limit, name, key):
                    return ExceededLimit(limit=name, seconds=_retry_after(limit, name, key))
    except StorageError as error:
        logger.warning("rate_limit_store_down", fault=type(error.storage_error).__name__)
    return None


def client_address(request: HttpRequest) -> str:
    """Return the client address, as the outermost of the trusted proxies saw it.

    Each proxy appends its client's address to X-Forwarded-For; entries before those of the TRUSTED_PROXIES can be
    forged.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUSTED_PROXIES:
        return nearest
    forwarded = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    try:
        return str(ipaddress.ip_address(forwarded[-settings.TRUSTED_PROXIES]))
    except (IndexError, ValueError):
        return nearest


def store() -> Storage:
    """Return the store of counters: Redis, shared by all processes, or this process's memory."""
    return _store(settings.RATE_LIMIT_STORE)


def _applicable_limits(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield the name of each limit that applies to a request, with the key it is counted under."""
    if request.path in settings.PROBE_PATHS:
        return
    address = _network(client_address(request))
    if request.path == url_of("admin:login") and request.method == "POST":
        # By account as well, against attempts from many addresses.
        yield "password", address
        yield "password", f"account:{request.POST.get('username', '')[:MAX_USERNAME_LENGTH].casefold()}"
    elif request.path in {url_of("sign-in"), url_of("sign-in-callback")}:
        yield "sign_in", address
    elif request.user.is_authenticated:
        yield "user", str(request.user.pk)
    else:
        yield "address", address


def _network(address: str) -> str:
    """Return the key of an address: for IPv6 its /64 network, which one client may own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))


def _retry_after(limit: RateLimitItem, name: str, key: str) -> int:
    reset_at = _limiter().get_window_stats(limit, name, key).reset_time
    return max(1, math.ceil(reset_at - time.time()))


def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(store())


@cache
def _store(url: str) -> Storage:
    # Short time-outs: a page is waiting.
    waiting = {} if url == "memory://" else {"socket_connect_timeout": STORE_SECONDS, "socket_timeout": STORE_SECONDS}
    return cast(Storage, storage_from_string(url, wrap_exceptions=True, **waiting))
