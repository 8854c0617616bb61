"""What is checked. Answers hold states, numbers and times only; why something is down is in the log."""

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

CACHE_KEY_SECONDS = 10

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Component:
    """One part of the service, or one that it leans on."""

    is_up: bool
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as HMPPS services show it."""
        return {"status": status(self.is_up), "details": dict(self.details)}


def status(is_up: bool) -> str:
    """Return the word for a state."""
    return "UP" if is_up else "DOWN"


def own_components() -> dict[str, Component]:
    """Return what the service cannot work without: its database, with every migration applied, and its cache."""
    database = _checked("db", _database)
    return {
        "db": database,
        # Nothing is known of them without a database, and asking would mean to wait for it once more.
        "migrations": _checked("migrations", _migrations) if database.is_up else Component(is_up=False),
        "cache": _checked("cache", _cache),
    }


def upstream_components() -> dict[str, Component]:
    """Return HMPPS Auth and the integration service, as they were at most HEALTH_UPSTREAM_SECONDS ago."""
    return {each.name: Component(each.is_up, {"milliseconds": each.milliseconds}) for each in _upstreams.get()}


def _checked(name: str, check: Callable[[], Component]) -> Component:
    began = time.perf_counter()
    try:
        component = check()
    except Exception as error:
        # Whatever goes wrong means that this part does not work, and the others are to be told of all the same.
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
    cache.set(key, value, CACHE_KEY_SECONDS)
    found = cache.get(key) == value
    cache.delete(key)
    return Component(found)


class _Upstreams:
    """The last answer of the upstream services.

    Each process keeps its own, so that neither cache nor database is needed for it. One thread at a time asks; others
    that come meanwhile are given the last answer, where there is one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: tuple[ServiceHealth, ...] = ()
        self._asked_at = 0.0

    def get(self) -> tuple[ServiceHealth, ...]:
        """Return the last answer, or a new one where it is too old."""
        answer = self._answer
        if answer and (self._is_fresh() or self._lock.locked()):
            return answer
        with self._lock:
            if not self._answer or not self._is_fresh():
                self._answer = read_health()
                self._asked_at = time.monotonic()
            return self._answer

    def forget(self) -> None:
        """Ask anew the next time."""
        with self._lock:
            self._answer = ()

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._asked_at < settings.HEALTH_UPSTREAM_SECONDS


_upstreams = _Upstreams()


def forget_upstreams() -> None:
    """Drop what is known of the upstream services' health."""
    _upstreams.forget()
