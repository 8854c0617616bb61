"""The product and the simulator on one clock, with a database whose rows every process sees."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from pytest_django import Settings

from booking.models import Booking, Draft, Lease
from tests.faults.harness import NOW, Clock
from tests.simulator_process import Simulator

READ_TIMEOUT_SECONDS = 0.25


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around the test, and without the rows of the test afterwards."""
    with django_db_blocker.unblock():
        yield
        for model in (Lease, Draft, Booking, get_user_model()):
            model.objects.all().delete()


@pytest.fixture
def clock(committed: None, simulator: Simulator, settings: Settings) -> Iterator[Clock]:
    """A morning in June 2026, for the product and the simulator, and little patience with Delius."""
    settings.DELIUS_READ_TIMEOUT = READ_TIMEOUT_SECONDS
    with time_machine.travel(NOW, tick=True) as traveller:
        simulator.reset(now=NOW.isoformat())
        yield Clock(traveller, simulator)
