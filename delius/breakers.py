"""Circuit breakers: a service that does not answer is left alone for a while, so that nobody waits for it in vain.

Each of the three services has one. pybreaker counts the failures and keeps the state, in Redis where that is the cache
of all processes and in memory otherwise. Its own way to make a call is not used: it holds a lock for as long as the
call takes, so that one process could only ask one thing at a time.

closed ──▶ open: after so many failures in a row. open ──▶ half-open: after some seconds, once the service answers when
this process knocks in the background. half-open ──▶ closed or open: by what comes of one real request, which is made in
the background too where there is one that harms nobody; the others are refused meanwhile.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
import structlog
from django.core.cache import cache
from django.core.signals import setting_changed
from django.dispatch import receiver
from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitBreakerState,
    CircuitBreakerStorage,
    CircuitMemoryStorage,
    CircuitRedisStorage,
)
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from delius import background, conf
from delius.errors import DeliusError, LeftAlone
from delius.services import Service
from delius.signals import request_not_sent

# How soon to ask again while somebody else is finding out whether a service answers.
SOON_SECONDS = 2.0
# No real request takes longer, so one that was let through and not heard of since belongs to a process that died.
TRIAL_SECONDS = 60
STORE_TIMEOUT_SECONDS = 1
REQUEST_TIMEOUT = 408

logger = structlog.get_logger(__name__)


class _Failed(Exception):
    """What pybreaker is told of a request that failed."""


@dataclass
class Result:
    """What came of a request. None says nothing about the service, as where it asks to be left alone for a while."""

    works: bool | None = None

    def no_answer(self) -> None:
        """Note that no answer came."""
        self.works = False

    def answered(self, response: requests.Response) -> None:
        """Note an answer: 5xx and 408 are failures, unless it says when to come back; 429 is neither."""
        status = response.status_code
        if status == requests.codes.too_many_requests or "Retry-After" in response.headers:
            return
        self.works = status < 500 and status != REQUEST_TIMEOUT


class Breaker:
    """The circuit breaker of one service. Safe to use from several threads."""

    def __init__(self, service: Service, *, rules: conf.BreakerRules, storage: CircuitBreakerStorage) -> None:
        self.service = service
        self._rules = rules
        self._storage = storage
        self._circuit = CircuitBreaker(
            fail_max=rules.failures,
            reset_timeout=rules.seconds,
            listeners=[_Log(service)],
            state_storage=storage,
            throw_new_error_on_trip=False,
        )

    @contextmanager
    def request(self, operation: str) -> Iterator[Result]:
        """Let one request through, whose result the block is to note. Raises LeftAlone where it must not be sent."""
        is_trial = self._admit(operation)
        result = Result()
        try:
            yield result
        finally:
            self._learn(result.works, is_trial=is_trial)
            if is_trial:
                self._give_back("trial")

    def left_alone_for(self) -> float | None:
        """Return in how many seconds it is worth asking again, None where requests are sent.

        Once the time is over, whoever asks has this process find out whether the service answers again.
        """
        return self._wait(self.state())

    def state(self) -> str:
        """Return `closed`, `open` or `half-open`; `closed` where the store does not say."""
        try:
            return str(self._circuit.current_state)
        except RedisError as error:
            self._without_store(error)
            return STATE_CLOSED

    def _admit(self, operation: str) -> bool:
        """Return whether a request is the one that tries the service again. Raises LeftAlone."""
        state = self.state()
        is_trial = state == STATE_HALF_OPEN and self._take("trial", seconds=TRIAL_SECONDS)
        wait = SOON_SECONDS if state == STATE_HALF_OPEN and not is_trial else self._wait(state)
        if wait is not None:
            request_not_sent.send_robust(type(self), operation=operation)
            raise LeftAlone(operation, retry_after=wait)
        return is_trial

    def _wait(self, state: str) -> float | None:
        if state != STATE_OPEN:
            return None
        opened_at = self._storage.opened_at
        remaining = self._rules.seconds - (datetime.now(UTC) - opened_at).total_seconds() if opened_at else 0
        if remaining <= 0:
            self._knock_in_background()
        return max(remaining, 0) + SOON_SECONDS

    def _learn(self, works: bool | None, *, is_trial: bool) -> None:
        """Tell pybreaker what came of a request, unless it would change nothing: that costs Redis several questions."""
        try:
            if works is None or (works and not is_trial and not self._storage.counter):
                return
            # What began before the service was left alone has nothing new to say.
            if self._circuit.current_state != STATE_OPEN:
                with suppress(_Failed, CircuitBreakerError):
                    self._circuit.call(_succeed if works else _fail)
        except RedisError as error:
            self._without_store(error)

    def _without_store(self, error: RedisError) -> None:
        """Log that the store failed: requests are sent as if nothing were known."""
        logger.warning("breaker_store_failed", service=self.service.value, fault=type(error).__name__)

    def _knock_in_background(self) -> None:
        """Have one process at a time find out whether the service answers again; nobody waits for it."""
        if self._take("knock", seconds=conf.health_timeout() * 2 + SOON_SECONDS) and not background.begin(self._knock):
            self._give_back("knock")

    def _knock(self) -> None:
        """Have the service tried with a real request where it answers anything at all, or leave it alone for longer.

        Not what it says of itself: a service may call itself down for reasons that do not matter here, and never be
        asked again.
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
            self._give_back("knock")

    def _take(self, what: str, *, seconds: float) -> bool:
        """Take something that one process may have at a time, for so long at most; return whether it is ours."""
        try:
            return cache.add(self._key(what), 1, seconds)
        except RedisError as error:
            self._without_store(error)
            return True

    def _give_back(self, what: str) -> None:
        with suppress(RedisError):
            cache.delete(self._key(what))

    def _key(self, what: str) -> str:
        return f"delius-breaker:{self.service.value}:{what}"


class _Log(CircuitBreakerListener):
    """Logs when a service is left alone, and when no longer."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        """Log the change that this process made, or noticed."""
        before = old_state.name if old_state else ""
        if before != new_state.name:
            logger.warning("breaker_changed", service=self._service.value, before=before, after=new_state.name)


_lock = threading.Lock()
_breakers: dict[Service, Breaker] = {}
_trials: dict[Service, Callable[[], object]] = {}


def tried_by(service: Service, make_request: Callable[[], object]) -> None:
    """Have a service that may be back tried by a request that harms nobody; without one, the next real one tries it."""
    _trials[service] = make_request


def request(service: Service, operation: str) -> AbstractContextManager[Result]:
    """Let one request to a service through, whose result the block is to note.

    Raises LeftAlone, before anything is sent, where the service is left alone.
    """
    breaker = _breaker(service)
    return breaker.request(operation) if breaker else nullcontext(Result())


def left_alone_for(*services: Service) -> float | None:
    """Return in how many seconds it is worth asking services again, None where requests to all of them are sent."""
    breakers = (_breaker(each) for each in services)
    return max((wait for each in breakers if each and (wait := each.left_alone_for()) is not None), default=None)


def states() -> dict[Service, str]:
    """Return of each service whether its circuit is `closed`, `open` or `half-open`, as this process knows it."""
    return {each: breaker.state() if (breaker := _breaker(each)) else STATE_CLOSED for each in Service}


def reset() -> None:
    """Forget what this process knows; what is in Redis stays."""
    with _lock:
        _breakers.clear()


def _breaker(service: Service) -> Breaker | None:
    """Return a service's breaker, None where there is none or its store cannot be reached."""
    rules = conf.breaker_rules()
    if not rules.failures:
        return None
    with _lock:
        if service not in _breakers:
            try:
                _breakers[service] = Breaker(service, rules=rules, storage=_storage(service))
            except RedisError as error:
                logger.warning("breaker_store_failed", service=service.value, fault=type(error).__name__)
                return None
        return _breakers[service]


def _storage(service: Service) -> CircuitBreakerStorage:
    address = conf.shared_store()
    if not address:
        return CircuitMemoryStorage(STATE_CLOSED)
    store = Redis.from_url(
        address,
        socket_timeout=STORE_TIMEOUT_SECONDS,
        socket_connect_timeout=STORE_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return CircuitRedisStorage(STATE_CLOSED, store, namespace=f"rarbooking:{service.value}")


def _succeed() -> None:
    pass


def _fail() -> None:
    raise _Failed


def _forget_inherited() -> None:
    """Let a forked process find out for itself: a lock of its parent may be held for ever in it."""
    global _lock
    _lock = threading.Lock()
    _breakers.clear()


os.register_at_fork(after_in_child=_forget_inherited)


@receiver(setting_changed)
def _follow_settings(*, setting: str, **kwargs: object) -> None:
    if setting.startswith(("HMPPS_", "COMMUNITY_API_", "DELIUS_", "CACHES")):
        reset()
