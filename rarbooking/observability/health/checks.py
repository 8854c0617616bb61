"""Health checks. Results hold states, numbers and times only; the reason for a failure is in the log."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from delius.http.health import ServiceHealth, read_health

CACHE_PROBE_SECONDS = 10

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Component:
    """The health of one component or dependency."""

    is_up: bool
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that HMPPS services use."""
        return {"status": status(self.is_up), "details": dict(self.details)}


def status(is_up: bool) -> str:
    """Return `UP` or `DOWN`."""
    return "UP" if is_up else "DOWN"


def own_components() -> dict[str, Component]:
    """Check database, migrations and cache, without which the service cannot work."""
    database = _run_check("db", _database)
    return {
        "db": database,
        # Not checked without a database: it would mean waiting for the connection once more.
        "migrations": _run_check("migrations", _migrations) if database.is_up else Component(is_up=False),
        "cache": _run_check("cache", _cache),
    }


def upstream_components() -> dict[str, Component]:
    """Return the health of HMPPS Auth and the integration service, cached for HEALTH_UPSTREAM_SECONDS."""
    return {each.name: Component(each.is_up, {"milliseconds": each.milliseconds}) for each in _upstream_health.get()}


def _run_check(name: str, check: Callable[[], Component]) -> Component:
    began = time.perf_counter()
    try:
        component = check()
    except Exception as error:
        # Any error means that this component is down; the others are still reported.
        logger.warning("health_check_failed", check=name, fault=type(error).__name__, error=str(error))
        component = Component(is_up=False)
    milliseconds = round((time.perf_counter() - began) * 1000)
    return Component(component.is_up, {**component.details, "milliseconds": milliseconds})


def _database() -> Component:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return Component(cursor.fetchone() == (1,))


def _migrations() -> Component:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    unapplied = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Component(not unapplied, {"unapplied": unapplied})


def _cache() -> Component:
    key, value = f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, CACHE_PROBE_SECONDS)
    found = cache.get(key) == value
    cache.delete(key)
    return Component(found)


class _UpstreamHealthCache:
    """In-process cache of the upstream services' health, which needs neither cache nor database.

    One thread at a time refreshes it; concurrent ones are given the stale answer, where there is one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: tuple[ServiceHealth, ...] = ()
        self._asked_at = 0.0

    def get(self) -> tuple[ServiceHealth, ...]:
        """Return the cached answer, refreshing it where it has expired."""
        answer = self._answer
        if answer and (self._is_fresh() or self._lock.locked()):
            return answer
        with self._lock:
            if not self._answer or not self._is_fresh():
                self._answer = read_health()
                self._asked_at = time.monotonic()
            return self._answer

    def invalidate(self) -> None:
        """Drop the cached answer."""
        with self._lock:
            self._answer = ()

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._asked_at < settings.HEALTH_UPSTREAM_SECONDS


_upstream_health = _UpstreamHealthCache()


def invalidate_upstream_health() -> None:
    """Drop the cached health of upstream services."""
    _upstream_health.invalidate()
