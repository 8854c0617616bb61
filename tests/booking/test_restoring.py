"""A backup is older than Delius: what the runbook does about it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking.models import Booking, BookingState
from booking.services.delivery.resume import resume_due
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm, toolkit_nsis, visits
from tests.simulator_process import Simulator

RUNBOOK = (Path(__file__).resolve().parent.parent.parent / "docs/runbook.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.django_db


def test_a_booking_under_way_in_a_backup_is_sent_again_by_its_references_and_never_made_twice(
    robin: Client, simulator: Simulator, later: Any
) -> None:
    answer_all(robin)
    confirm(robin)
    before = Booking.objects.get()
    assert before.state == BookingState.BOOKED
    # As the backup has it: confirmed, and nothing sent yet.
    Booking.objects.update(
        state=BookingState.SUBMITTED, nsi_id=None, nsi_created=False, appointment_id=None, next_try_at=timezone.now()
    )
    [statement] = re.findall(r"(UPDATE booking_booking SET sent_at.+?)\"", RUNBOOK, re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("now()", "CURRENT_TIMESTAMP"))
        assert cursor.rowcount == 1
    with later(seconds=60):
        assert resume_due() == {"booked": 1}
    after = Booking.objects.get()
    assert (after.nsi_id, after.appointment_id) == (before.nsi_id, before.appointment_id)
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1
