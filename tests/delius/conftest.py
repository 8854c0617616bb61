"""Upstreams for the tests of the Delius client."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from delius.client import DeliusClient, get_client
from delius.http import background
from tests.delius.scripted import ScriptedUpstream
from tests.delius.values import NOW
from tests.simulator_process import Simulator


@pytest.fixture
def client(simulator: Simulator) -> DeliusClient:
    """The process's client, pointed at the simulator."""
    return get_client()


@pytest.fixture
def frozen(simulator: Simulator) -> Simulator:
    """The simulator with its demo data as of `NOW`, where its clock stands still."""
    simulator.reset(now=NOW.isoformat())
    return simulator


@pytest.fixture
def upstream(settings: Settings) -> Iterator[ScriptedUpstream]:
    """An upstream that answers what the test says, and the product pointed at it."""
    scripted = ScriptedUpstream()
    scripted.start()
    settings.HMPPS_AUTH_URL = f"{scripted.url}/auth"
    settings.DELIUS_INTEGRATION_URL = f"{scripted.url}/delius"
    cache.clear()
    yield scripted
    background.drain()
    cache.clear()
    scripted.stop()
