"""How many requests one person may send in a while: counted by user, and by address where nobody has signed in."""

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
from django.urls import reverse
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

STORE_SECONDS = 0.5
IPV6_NETWORK_BITS = 64
MOST_ACCOUNT_CHARACTERS = 150

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Which limit was reached, and in how many seconds there is room for another request."""

    limit: str
    seconds: int


def refusal(request: HttpRequest) -> Refusal | None:
    """Count a request, and return why it is to be refused, or None. Where the store is down nothing is refused."""
    try:
        for name, whom in _counted(request):
            for limit in settings.RATE_LIMITS[name]:
                if not _limiter().hit(limit, name, whom):
                    return Refusal(limit=name, seconds=_seconds_until_room(limit, name, whom))
    except StorageError as error:
        logger.warning("rate_limit_store_down", fault=type(error.storage_error).__name__)
    return None


def client_address(request: HttpRequest) -> str:
    """Return the address a request comes from, as the outermost of the proxies that are trusted saw it.

    Each proxy adds the address that it was asked from at the end of X-Forwarded-For; what stands before those of the
    TRUSTED_PROXIES may be anybody's invention.
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
    """Return where requests are counted: Redis, for all processes together, or this process's memory."""
    return _store(settings.RATE_LIMIT_STORE)


def _counted(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield the limits that a request counts towards, each with whom it counts for."""
    if request.path in settings.PROBES:
        return
    address = _network(client_address(request))
    if request.path == reverse("admin:login") and request.method == "POST":
        # By account as well: one that is tried from many addresses is still one account.
        yield "password", address
        yield "password", f"account:{request.POST.get('username', '')[:MOST_ACCOUNT_CHARACTERS].casefold()}"
    elif request.path in {reverse("sign-in"), reverse("sign-in-callback")}:
        yield "sign_in", address
    elif request.user.is_authenticated:
        yield "user", str(request.user.pk)
    else:
        yield "address", address


def _network(address: str) -> str:
    """Return what stands for an address: of IPv6 the network, all of whose addresses one person may have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))


def _seconds_until_room(limit: RateLimitItem, name: str, whom: str) -> int:
    reset_at = _limiter().get_window_stats(limit, name, whom).reset_time
    return max(1, math.ceil(reset_at - time.time()))


def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(store())


@cache
def _store(url: str) -> Storage:
    # Somebody is waiting for a page: what does not answer at once is taken to be down.
    waiting = {} if url == "memory://" else {"socket_connect_timeout": STORE_SECONDS, "socket_timeout": STORE_SECONDS}
    return cast(Storage, storage_from_string(url, wrap_exceptions=True, **waiting))
