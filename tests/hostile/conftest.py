"""What the tests of this folder may use."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.appointments.texts import turn_on
from tests.hostile.world import World
from tests.simulator_process import Simulator


@pytest.fixture
def world(signed_in: Callable[[str], Client], admin_client: Client, simulator: Simulator, settings: Any) -> World:
    """Something at every address."""
    # A long run takes hours, and takes back with each request that the session was used.
    settings.SESSION_HOURS, settings.SESSION_IDLE_MINUTES = 24, 24 * 60
    turn_on(settings, simulator)
    return World(sign_in=signed_in, admin=admin_client, simulator=simulator)
