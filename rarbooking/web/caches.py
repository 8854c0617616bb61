"""Cache backends: Django's, with near copies of what is the same for everybody.

A near copy is a value as this process last read or wrote it, for at most NEAR_SECONDS: it costs no request to Redis
and no deserialization. Keys with one of NEAR_PREFIXES have one. What this process writes, deletes or clears is gone
from its near copies at once; what another one does is seen when they have aged.
"""

import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.core.cache.backends import locmem, redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils.functional import cached_property

MAX_NEAR = 5_000
MISSING = object()

# By key: when it was kept, in seconds of the epoch, and the value. Whoever reads a value leaves it as it is.
_near: dict[str, tuple[float, Any]] = {}


class NearCopies(BaseCache):
    """Mixin of a backend that keeps near copies. Its settings are NEAR_SECONDS (0 keeps none) and NEAR_PREFIXES."""

    def __init__(self, location: Any, params: dict[str, Any]) -> None:
        super().__init__(location, params)  # type: ignore[call-arg]  # of the backend that this is mixed into
        self._near_seconds: float = params.get("NEAR_SECONDS", 0)
        self._near_prefixes: tuple[str, ...] = tuple(params.get("NEAR_PREFIXES", ())) if self._near_seconds else ()

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a value, from its near copy where there is one."""
        if not key.startswith(self._near_prefixes):
            return super().get(key, default, version)
        if (value := self._near_copy(key)) is not MISSING:
            return value
        value = super().get(key, MISSING, version)
        if value is MISSING:
            return default
        self._keep(key, value)
        return value

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Return the values there are, by key; the backend is asked for those without a near copy."""
        wanted = list(keys)
        near = {key: value for key in wanted if (value := self._near_copy(key)) is not MISSING}
        left = [key for key in wanted if key not in near]
        found = super().get_many(left, version) if left else {}
        for key, value in found.items():
            self._keep(key, value)
        return near | found

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store a value, and keep its near copy."""
        super().set(key, value, timeout, version)
        self._keep(key, value)

    def set_many(
        self, data: Mapping[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        """Store several values, and keep their near copies."""
        failed: list[str] = super().set_many(dict(data), timeout, version)
        for key, value in data.items():
            self._keep(key, value)
        return failed

    def delete(self, key: str, version: int | None = None) -> bool:
        """Delete a value and its near copy."""
        deleted: bool = super().delete(key, version)
        _near.pop(key, None)
        return deleted

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Delete several values and their near copies."""
        gone = list(keys)
        super().delete_many(gone, version)
        for key in gone:
            _near.pop(key, None)

    def clear(self) -> None:
        """Delete everything."""
        super().clear()
        _near.clear()

    def _near_copy(self, key: str) -> Any:
        kept_at, value = _near.get(key, (0.0, MISSING))
        return value if abs(time.time() - kept_at) < self._near_seconds else MISSING

    def _keep(self, key: str, value: Any) -> None:
        if key.startswith(self._near_prefixes):
            if len(_near) >= MAX_NEAR:
                _near.clear()
            _near[key] = (time.time(), value)


class RedisCache(NearCopies, redis.RedisCache):
    """Django's Redis cache with near copies, and one client for all threads of a process.

    Django has one for each thread, so that each parallel read would begin with a connection of its own.
    """

    _servers: list[str]
    _options: dict[str, Any]

    @cached_property
    def _cache(self) -> redis.RedisCacheClient:
        return _client(tuple(self._servers), tuple(sorted(self._options.items())))


@cache
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> redis.RedisCacheClient:
    client = redis.RedisCacheClient(list(servers), **dict(options))
    # One of redis-py's for each pool: Django makes one for each command, in as long as the command takes.
    client._client = cache(client._client)  # type: ignore[attr-defined]
    return client


class LocMemCache(NearCopies, locmem.LocMemCache):
    """Django's cache in the process's memory, for one process without Redis, with near copies."""
