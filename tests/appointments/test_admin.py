"""What support can see and do with outcomes and moves in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appointments.models import ChangeState, RecordedOutcome
from appointments.services.delivery.resume import resume_due
from tests.appointments.outcomes import NOTES, OTTO, answer, past, press, record_of
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/appointments/recordedoutcome/"


@pytest.fixture
def needs_attention(robin: Client, simulator: Simulator) -> RecordedOutcome:
    """An outcome of Otto's that was given up by machines; nothing of it reached Delius."""
    contact_id = past(simulator)
    answer(robin, contact_id)
    simulator.fault("putOutcome", "status", status=429)
    press(robin, contact_id)
    RecordedOutcome.objects.update(state=ChangeState.NEEDS_ATTENTION, next_try_at=None, tries=40)
    return RecordedOutcome.objects.get()


def act(client: Client, change: RecordedOutcome, action: str, **values: str) -> str:
    sent = {"action": action, "_selected_action": str(change.pk), **values}
    return client.post(LIST, sent, follow=True).content.decode()


def test_an_outcome_is_found_by_crn_and_shows_its_requests_but_no_notes(
    admin_client: Client, needs_attention: RecordedOutcome
) -> None:
    assert str(needs_attention.pk) in admin_client.get(LIST, {"q": OTTO.lower()}).content.decode()
    assert str(needs_attention.pk) not in admin_client.get(LIST, {"q": "X000002"}).content.decode()
    address = reverse("admin:appointments_recordedoutcome_change", args=[needs_attention.pk])
    page = admin_client.get(address).content.decode()
    assert "putOutcome" in page
    assert "429" in page
    assert NOTES not in page


def test_it_can_be_tried_again(admin_client: Client, needs_attention: RecordedOutcome, simulator: Simulator) -> None:
    assert "1 of 1 chosen recorded outcomes will be tried again" in act(admin_client, needs_attention, "try_again")
    assert resume_due() == {"recorded": 1}
    assert record_of(simulator, needs_attention.contact_id)["outcome"] == "ATTC"


def test_it_is_marked_as_settled_with_who_when_and_why(
    admin_client: Client, admin_user: Any, needs_attention: RecordedOutcome, robin: Client
) -> None:
    assert "What did you find in Delius" in act(admin_client, needs_attention, "mark_as_settled")
    act(admin_client, needs_attention, "mark_as_settled", reason="It is there.")
    change = RecordedOutcome.objects.get()
    last = change.changehistory_set.last()
    assert last
    assert (change.state, last.by, last.detail) == (
        ChangeState.SETTLED,
        admin_user,
        "Settled in Delius: It is there.",
    )
    page = robin.get(f"/cases/{OTTO}/appointments/{change.contact_id}/outcome/{change.id}/").content.decode()
    assert "This outcome was settled in Delius" in page


@pytest.mark.parametrize("action", ["try_again", "mark_as_settled"])
def test_one_that_does_not_need_attention_is_left_alone(
    admin_client: Client, needs_attention: RecordedOutcome, action: str
) -> None:
    RecordedOutcome.objects.update(state=ChangeState.REFUSED)
    assert "1 were left as they are" in act(admin_client, needs_attention, action, reason="Nothing")
    assert RecordedOutcome.objects.get().state == ChangeState.REFUSED


def test_nothing_can_be_added_changed_or_deleted_by_hand(
    admin_client: Client, needs_attention: RecordedOutcome
) -> None:
    for path, sent in (("add/", {}), (f"{needs_attention.pk}/delete/", {"post": "yes"})):
        assert admin_client.post(f"{LIST}{path}", sent).status_code == 403
    assert admin_client.get("/admin/appointments/move/").status_code == 200
