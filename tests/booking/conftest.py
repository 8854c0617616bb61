"""What tests of bookings may use besides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.simulator_process import Simulator


@pytest.fixture
def later(simulator: Simulator) -> Callable[..., Any]:
    """Return a function that moves both clocks on for a block."""

    @contextmanager
    def move_on(**ahead: float) -> Iterator[None]:
        moment = timezone.now() + timedelta(**ahead)
        simulator.freeze(moment.isoformat())
        with time_machine.travel(moment, tick=True):
            yield

    return move_on
