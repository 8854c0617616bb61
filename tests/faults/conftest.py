"""The product and the simulator on one clock, with a database whose rows every process sees."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from appointments.models import ChangeDraft, Move, RecordedOutcome
from audit.models import AuditEvent
from booking.models import Booking, Draft, JourneyCount
from tests.faults.harness import Clock
from tests.simulator_process import Simulator


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As pytest-django's of this name, but it empties only the tables that these tests fill, which is much faster."""
    with django_db_blocker.unblock():
        yield
        for model in (Draft, JourneyCount, Booking, ChangeDraft, Move, RecordedOutcome, get_user_model(), DBTaskResult):
            model.objects.all().delete()
        # Not by their own manager, which refuses.
        QuerySet.delete(AuditEvent.objects.all())


@pytest.fixture
def clock(transactional_db: None, simulator: Simulator) -> Iterator[Clock]:
    """One time for the product and the simulator, which tests let pass."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        clock = Clock(traveller, simulator)
        clock.move_on(0)
        yield clock
