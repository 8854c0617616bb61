"""Health checks of upstream services, in parallel and without a token.

Independent of circuit breakers: they are made while a circuit is open, and do not count as results.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import requests
import structlog

from delius import conf
from delius.upstream import Service

NAMES = {
    Service.HMPPS_AUTH: "hmppsAuth",
    Service.DELIUS: "deliusIntegration",
}

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ServiceHealth:
    """The result of a health check; `milliseconds` is its duration, or the time-out."""

    name: str
    is_up: bool
    milliseconds: int


def read_health() -> tuple[ServiceHealth, ...]:
    """Check all services in parallel, with time-out HEALTH_UPSTREAM_TIMEOUT.

    A service is up where it answers 200: Spring Boot answers 503 for one that is not.
    """
    addresses = {NAMES[service]: address for service, address in conf.health_addresses().items()}
    seconds = conf.health_timeout()
    began = time.perf_counter()
    pool = ThreadPoolExecutor(len(addresses), thread_name_prefix="health")
    asked = {name: pool.submit(_ask, name, address, seconds) for name, address in addresses.items()}
    # The time-out of requests is per read; this one is for the whole answer.
    wait(asked.values(), timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    waited = _milliseconds_since(began)
    return tuple(_result(name, future, waited) for name, future in asked.items())


def _result(name: str, future: "Future[ServiceHealth]", waited: int) -> ServiceHealth:
    return future.result() if future.done() and not future.cancelled() else ServiceHealth(name, False, waited)


def _ask(name: str, address: str, seconds: float) -> ServiceHealth:
    began = time.perf_counter()
    is_up = False
    try:
        # The body is not read: the status says enough.
        with requests.get(address, timeout=seconds, allow_redirects=False, stream=True) as response:
            is_up = response.status_code == requests.codes.ok
        if not is_up:
            logger.warning("upstream_not_healthy", service=name, status=response.status_code)
    except requests.RequestException as error:
        logger.warning("upstream_not_healthy", service=name, fault=type(error).__name__)
    return ServiceHealth(name, is_up, _milliseconds_since(began))


def _milliseconds_since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
