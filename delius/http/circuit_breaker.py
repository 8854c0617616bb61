"""Circuit breakers, one a service: while one is open, requests fail fast without being sent.

pybreaker counts failures and stores the state, in Redis where that is the cache, otherwise in memory. Requests are not
made through pybreaker's `call`, which holds a lock for their duration and would serialise them.

closed ──▶ open: after DELIUS_CIRCUIT_FAILURES consecutive failures. open ──▶ half-open: after DELIUS_CIRCUIT_SECONDS,
once the service answers a background health check. half-open ──▶ closed or open: by the result of one trial request,
made in the background where one is registered (`register_trial_request`); others are rejected meanwhile.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pybreaker
import requests
import structlog
from django.core.cache import cache
from django.core.signals import setting_changed
from django.dispatch import receiver
from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from delius import conf
from delius.errors import CircuitOpen, DeliusError
from delius.http import background
from delius.http.signals import request_not_sent
from delius.upstream import Service

# Retry-After while a trial is running.
RETRY_SECONDS = 2.0
# No request takes longer, so a trial that has not ended by then belongs to a process that died.
TRIAL_SECONDS = 60
STORE_TIMEOUT_SECONDS = 1
# How long a circuit that Redis has as closed, and without a failure, is taken to be so without asking again: another
# process that opens it is followed so much later.
CLOSED_SECONDS = 1.0
REQUEST_TIMEOUT = 408

logger = structlog.get_logger(__name__)


class _Failed(Exception):
    """Raised to pybreaker for a failed request."""


@dataclass
class Result:
    """The result of a request: success, failure, or None, which counts as neither."""

    is_success: bool | None = None

    def no_answer(self) -> None:
        """Record a failure: no answer came."""
        self.is_success = False

    def answered(self, response: requests.Response) -> None:
        """Record an answer: 5xx and 408 are failures; 429 and any answer with Retry-After count as neither."""
        status = response.status_code
        if status == requests.codes.too_many_requests or "Retry-After" in response.headers:
            return
        self.is_success = status < 500 and status != REQUEST_TIMEOUT


class CircuitBreaker:
    """The circuit breaker of one service. Safe to use from several threads."""

    def __init__(self, service: Service, *, rules: conf.CircuitRules, storage: pybreaker.CircuitBreakerStorage) -> None:
        self.service = service
        self._rules = rules
        self._storage = storage
        self._known_seconds = CLOSED_SECONDS if isinstance(storage, pybreaker.CircuitRedisStorage) else 0.0
        self._closed_until = self._flawless_until = 0.0
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=rules.failures,
            reset_timeout=rules.seconds,
            listeners=[_StateChangeLog(service)],
            state_storage=storage,
            throw_new_error_on_trip=False,
        )

    @contextmanager
    def request(self, operation: str) -> Iterator[Result]:
        """Admit one request, whose result the block records. Raises CircuitOpen where it must not be sent."""
        is_trial = self._admit(operation)
        result = Result()
        try:
            yield result
        finally:
            self._record(result.is_success, is_trial=is_trial)
            if is_trial:
                self._unlock("trial")

    def retry_after(self) -> float | None:
        """Return the seconds until a retry is worthwhile, None while requests are sent.

        Once the open time is over, calling this starts the background health check.
        """
        return self._wait(self.state())

    def state(self) -> str:
        """Return `closed`, `open` or `half-open`; `closed` where the store is unavailable."""
        if time.monotonic() < self._closed_until:
            return STATE_CLOSED
        try:
            state = str(self._circuit.current_state)
        except RedisError as error:
            _store_failed(self.service, error)
            return STATE_CLOSED
        if state == STATE_CLOSED:
            self._closed_until = time.monotonic() + self._known_seconds
        return state

    def _admit(self, operation: str) -> bool:
        """Return whether a request is the trial of a half-open circuit. Raises CircuitOpen."""
        state = self.state()
        is_trial = state == STATE_HALF_OPEN and self._lock("trial", seconds=TRIAL_SECONDS)
        wait = RETRY_SECONDS if state == STATE_HALF_OPEN and not is_trial else self._wait(state)
        if wait is not None:
            request_not_sent.send_robust(type(self), operation=operation)
            raise CircuitOpen(operation, retry_after=wait)
        return is_trial

    def _wait(self, state: str) -> float | None:
        if state != STATE_OPEN:
            return None
        opened_at = self._storage.opened_at
        remaining = self._rules.seconds - (datetime.now(UTC) - opened_at).total_seconds() if opened_at else 0
        if remaining <= 0:
            self._check_in_background()
        return max(remaining, 0) + RETRY_SECONDS

    def _record(self, is_success: bool | None, *, is_trial: bool) -> None:
        """Report a result to pybreaker, unless it would change nothing: reporting costs several calls to Redis."""
        if is_success is None or (is_success and not is_trial and time.monotonic() < self._flawless_until):
            return
        try:
            if is_success and not is_trial and not self._storage.counter:
                self._flawless_until = time.monotonic() + self._known_seconds
                return
            self._closed_until = self._flawless_until = 0.0
            # Ignores results of requests that were sent before the circuit opened.
            if self._circuit.current_state != STATE_OPEN:
                with suppress(_Failed, pybreaker.CircuitBreakerError):
                    self._circuit.call(_succeed if is_success else _fail)
        except RedisError as error:
            _store_failed(self.service, error)

    def _check_in_background(self) -> None:
        """Start the health check in the background, in one process at a time."""
        seconds = conf.health_timeout() * 2 + RETRY_SECONDS
        if self._lock("check", seconds=seconds) and not background.submit(self._check):
            self._unlock("check")

    def _check(self) -> None:
        """Half-open the circuit and make the trial request where the health check is answered; else keep it open.

        Any status counts: a service may report itself down for reasons that do not matter here.
        """
        try:
            requests.get(
                conf.health_addresses()[self.service], timeout=conf.health_timeout(), allow_redirects=False, stream=True
            ).close()
        except requests.RequestException:
            self._circuit.open()
        else:
            self._circuit.half_open()
            if make_request := _trials.get(self.service):
                with suppress(DeliusError):
                    make_request()
        finally:
            self._unlock("check")

    def _lock(self, what: str, *, seconds: float) -> bool:
        """Acquire a lock in the cache with a time-out; return whether it was free."""
        try:
            return cache.add(self._key(what), 1, seconds)
        except RedisError as error:
            _store_failed(self.service, error)
            return True

    def _unlock(self, what: str) -> None:
        with suppress(RedisError):
            cache.delete(self._key(what))

    def _key(self, what: str) -> str:
        return f"delius-circuit:{self.service.value}:{what}"


class _StateChangeLog(pybreaker.CircuitBreakerListener):
    """Logs every change of a circuit."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def state_change(
        self,
        cb: pybreaker.CircuitBreaker,
        old_state: pybreaker.CircuitBreakerState | None,
        new_state: pybreaker.CircuitBreakerState,
    ) -> None:
        """Log a change of state."""
        before = old_state.name if old_state else ""
        if before != new_state.name:
            logger.warning("circuit_changed", service=self._service.value, before=before, after=new_state.name)


_lock = threading.Lock()
_circuits: dict[Service, CircuitBreaker] = {}
_trials: dict[Service, Callable[[], object]] = {}


def register_trial_request(service: Service, make_request: Callable[[], object]) -> None:
    """Register the trial request of a half-open circuit; without one, the next real request is the trial."""
    _trials[service] = make_request


def request(service: Service, operation: str) -> AbstractContextManager[Result]:
    """Admit one request to a service, whose result the block records.

    Raises CircuitOpen, before anything is sent, where the circuit is open.
    """
    circuit = _circuit(service)
    return circuit.request(operation) if circuit else nullcontext(Result())


def retry_after(*services: Service) -> float | None:
    """Return the seconds until a retry to all services is worthwhile, None while requests to all are sent."""
    circuits = (_circuit(each) for each in services)
    return max((wait for each in circuits if each and (wait := each.retry_after()) is not None), default=None)


def states() -> dict[Service, str]:
    """Return each service's state: `closed`, `open` or `half-open`."""
    return {each: circuit.state() if (circuit := _circuit(each)) else STATE_CLOSED for each in Service}


def reset() -> None:
    """Drop the breakers of this process; state in Redis stays."""
    with _lock:
        _circuits.clear()


def _circuit(service: Service) -> CircuitBreaker | None:
    """Return a service's breaker, None where they are disabled or the store is unavailable."""
    rules = conf.circuit_rules()
    if not rules.failures:
        return None
    with _lock:
        if service not in _circuits:
            try:
                _circuits[service] = CircuitBreaker(service, rules=rules, storage=_storage(service))
            except RedisError as error:
                _store_failed(service, error)
                return None
        return _circuits[service]


def _storage(service: Service) -> pybreaker.CircuitBreakerStorage:
    address = conf.redis_url()
    if not address:
        return pybreaker.CircuitMemoryStorage(STATE_CLOSED)
    store = Redis.from_url(
        address,
        socket_timeout=STORE_TIMEOUT_SECONDS,
        socket_connect_timeout=STORE_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return pybreaker.CircuitRedisStorage(STATE_CLOSED, store, namespace=f"rarbooking:{service.value}")


def _store_failed(service: Service, error: RedisError) -> None:
    """Log that the store failed: the breaker fails closed, so requests are sent."""
    logger.warning("circuit_store_failed", service=service.value, fault=type(error).__name__)


def _succeed() -> None:
    pass


def _fail() -> None:
    raise _Failed


def _reset_in_child() -> None:
    """Reset in a forked process: an inherited lock may never be released."""
    global _lock
    _lock = threading.Lock()
    _circuits.clear()


os.register_at_fork(after_in_child=_reset_in_child)


@receiver(setting_changed)
def _follow_settings(*, setting: str, **kwargs: object) -> None:
    if setting.startswith(("HMPPS_", "DELIUS_", "CACHES")):
        reset()
