"""Bookings from before there were references: those that were over stay as they are, the others are handed over."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from booking.models import Booking, BookingState, Draft
from booking.services.delivery.cancellation import cancel_unsent
from booking.services.delivery.resume import DELIVERY, resume_due
from booking.services.retention import purge_bookings
from cases.delivery.resuming import mark_as_settled, resubmit

BEFORE = [("booking", "0007_large_tables")]
UNDER_WAY = ("submitted", "nsi_ready", "uncertain")
FINAL_STATES = ("booked", "refused", "cancelled", "settled")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old_rows() -> dict[str, Any]:
    """Ids of bookings, by the state in which the release before left them, on the database as it is now."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    try:
        user = get_user_model().objects.create(username="ROBIN.SAMPLE")
        old = executor.loader.project_state(BEFORE).apps
        ids = {state: _write(old, user.pk, state) for state in (*UNDER_WAY, *FINAL_STATES, "needs_attention")}
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    return ids


def _write(old: Any, user_id: int, state: str) -> Any:
    moment = timezone.now() - timedelta(days=1)
    booking = old.get_model("booking", "Booking").objects.create(
        id=uuid4(),
        user_id=user_id,
        state=state,
        crn="X000001",
        event_id=1,
        provider_code="N90",
        team_code="N90AAA",
        staff_code="N90A001",
        type_code="COAP",
        type_name="Office visit",
        start=moment,
        end=moment + timedelta(hours=1),
        sensitive=False,
        notes="" if state == "booked" else "Private words",
        next_try_at=moment if state in UNDER_WAY else None,
    )
    old.get_model("booking", "Draft").objects.create(user_id=user_id, crn=state[:7], booking_id=booking.id)
    return booking.id


def test_what_was_over_is_untouched(old_rows: dict[str, Any]) -> None:
    for state in (*FINAL_STATES, "needs_attention"):
        booking = Booking.objects.get(id=old_rows[state])
        assert (booking.state, booking.nsi_reference, booking.appointment_reference) == (state, None, None)
        assert booking.notes == ("" if state == "booked" else "Private words")
        assert not booking.history.exists()
        assert Draft.objects.filter(booking_id=booking.id).exists()


@pytest.mark.parametrize("state", UNDER_WAY)
def test_what_was_under_way_needs_attention_and_its_history_says_why(old_rows: dict[str, Any], state: str) -> None:
    booking = Booking.objects.get(id=old_rows[state])
    assert (booking.state, booking.next_try_at) == (BookingState.NEEDS_ATTENTION, None)
    assert booking.notes == "Private words"
    [line] = booking.history.values_list("from_state", "to_state", "detail")
    assert line == (state, "needs_attention", "Under way when bookings got references: look in Delius")
    assert not Draft.objects.filter(booking_id=booking.id).exists()


def test_nothing_is_ever_sent_for_it_and_support_can_settle_it(old_rows: dict[str, Any]) -> None:
    user = get_user_model().objects.get()
    assert resume_due() == {}
    for state in (*UNDER_WAY, "needs_attention"):
        booking = Booking.objects.get(id=old_rows[state])
        assert not resubmit(DELIVERY, booking, by=user)
        assert cancel_unsent(booking.id)
        assert booking.state == BookingState.NEEDS_ATTENTION
        assert mark_as_settled(DELIVERY, booking, by=user, reason="It is there")
    assert resume_due() == {}


def test_it_is_deleted_when_it_is_over_as_any_other(old_rows: dict[str, Any]) -> None:
    assert purge_bookings(before=timezone.now() + timedelta(minutes=1))[0] == len(FINAL_STATES)
