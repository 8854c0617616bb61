"""The life of a change, held against its diagram."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from appointments.models import ChangeAttempt, ChangeDraft, ChangeHistory, ChangeState, RecordedOutcome
from appointments.services.delivery.resume import resume_due
from appointments.services.states import FINAL_STATES, TRANSITIONS, transition
from cases.delivery.conditional_update import ConcurrentUpdate
from tests.appointments.outcomes import answer, past, press, record
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DIAGRAM = Path(__file__).resolve().parent.parent.parent / "docs" / "booking-states.md"


def test_the_diagram_shows_exactly_the_arrows_of_the_code() -> None:
    of_changes = DIAGRAM.read_text().split("## Outcomes and moves")[1]
    arrows = set(re.findall(r"^    (\S+) --> (\S+)$", of_changes, re.MULTILINE))
    in_code = {(str(before), str(after)) for before, following in TRANSITIONS.items() for after in following}
    ends = {(str(state), "[*]") for state in FINAL_STATES}
    assert arrows == in_code | ends | {("[*]", "submitted")}
    assert set(TRANSITIONS) == set(ChangeState)


@pytest.fixture
def under_way(robin: Client, simulator: Simulator) -> RecordedOutcome:
    """An outcome that nothing of reached Delius."""
    contact_id = past(simulator)
    answer(robin, contact_id)
    simulator.fault("putOutcome", "status", status=429)
    press(robin, contact_id)
    return RecordedOutcome.objects.select_related("user").get()


def test_of_two_processes_one_moves_it_and_the_other_leaves_it_as_it_is(under_way: RecordedOutcome) -> None:
    other = RecordedOutcome.objects.get()
    transition(under_way, ChangeState.REFUSED)
    with pytest.raises(ConcurrentUpdate):
        transition(other, ChangeState.RECORDED)
    with pytest.raises(ValueError, match="cannot go"):
        transition(under_way, ChangeState.RECORDED)
    assert RecordedOutcome.objects.get().state == ChangeState.REFUSED
    assert ChangeHistory.objects.count() == 1


def test_one_that_cannot_be_settled_comes_to_need_attention(
    under_way: RecordedOutcome, robin: Client, simulator: Simulator, later: Any, settings: Any
) -> None:
    settings.DELIVERY_MAX_TRIES = 2
    simulator.fault("putOutcome", "status", status=429, times=None)
    for minutes in (1, 5, 20):
        with later(minutes=minutes):
            resume_due()
    under_way.refresh_from_db()
    assert under_way.state == ChangeState.NEEDS_ATTENTION
    address = f"/cases/{under_way.crn}/appointments/{under_way.contact_id}/outcome/"
    page = robin.get(f"{address}{under_way.id}/").content.decode()
    assert "Look in Delius before you record it again" in page
    assert robin.get(address)["Location"] == f"{address}{under_way.id}/"


class TestRetention:
    def purged(self) -> str:
        said = StringIO()
        call_command("purge_changes", stdout=said)
        return said.getvalue().split(". Texts")[0].strip()

    def test_what_is_over_is_deleted_after_its_days_with_its_history_and_requests(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        record(robin, past(simulator))
        with later(days=364):
            assert self.purged().endswith("Changes deleted: 0")
        with later(days=366):
            assert self.purged().endswith("Changes deleted: 1")
        assert not ChangeHistory.objects.exists()
        assert not ChangeAttempt.objects.exists()

    def test_what_is_under_way_stays(self, under_way: RecordedOutcome, later: Any) -> None:
        with later(days=366):
            assert self.purged() == "Drafts deleted: 0. Changes whose notes were forgotten: 0. Changes deleted: 0"

    def test_drafts_and_what_was_typed_for_what_was_refused_go_after_their_days(
        self, under_way: RecordedOutcome
    ) -> None:
        transition(under_way, ChangeState.REFUSED)
        ChangeDraft.objects.update(updated_at=timezone.now() - timedelta(days=31))
        RecordedOutcome.objects.update(updated_at=timezone.now() - timedelta(days=29))
        assert self.purged() == "Drafts deleted: 1. Changes whose notes were forgotten: 0. Changes deleted: 0"
        RecordedOutcome.objects.update(updated_at=timezone.now() - timedelta(days=31))
        assert self.purged() == "Drafts deleted: 0. Changes whose notes were forgotten: 1. Changes deleted: 0"
        change = RecordedOutcome.objects.get()
        assert (change.text, len(change.text_digest)) == ("", 64)
