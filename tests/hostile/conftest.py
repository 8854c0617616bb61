"""What the tests of this folder may use."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.hostile.world import World
from tests.simulator_process import Simulator


@pytest.fixture
def world(signed_in: Callable[[str], Client], admin_client: Client, simulator: Simulator) -> World:
    """Something at every address."""
    return World(sign_in=signed_in, admin=admin_client, simulator=simulator)
