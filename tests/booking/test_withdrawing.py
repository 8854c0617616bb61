"""An NSI that was made for an appointment that came to nothing is not left behind in Delius."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import AuditEvent
from booking.models import Booking, BookingState
from booking.services.delivery.resume import resume_due
from booking.services.delivery.withdrawal import WITHDRAWAL_DELAY, withdraw_due
from tests.booking.journeys import answer_all, press
from tests.booking.test_confirming import CASE, asked, confirm, lose, toolkit_nsis, visits
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
Later = Callable[..., Any]
MINUTES = WITHDRAWAL_DELAY.total_seconds() / 60


def refused(client: Client, simulator: Simulator) -> Booking:
    """A booking whose NSI was made and whose appointment was then refused."""
    answer_all(client)
    simulator.fault("putAppointment", "status", status=400)
    confirm(client)
    booking = Booking.objects.get()
    assert (booking.state, booking.nsi_created) == (BookingState.REFUSED, True)
    return booking


def test_after_a_refusal_the_nsi_is_withdrawn_when_nobody_booked_again(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    booking = refused(robin, simulator)
    with later(minutes=MINUTES - 1):
        resume_due()
        assert len(toolkit_nsis(simulator)) == 1
    with later(minutes=MINUTES + 1):
        resume_due()
        assert toolkit_nsis(simulator) == []
        resume_due()
    assert asked(simulator).count("withdrawNsi") == 1
    booking.refresh_from_db()
    assert booking.withdraw_nsi_at is None
    assert booking.history.last().detail == "NSI withdrawn: nothing came to hang from it"
    assert AuditEvent.objects.filter(what="NSI_WITHDRAWN", subject_id="X000001").count() == 1


def test_a_worker_is_woken_for_it(robin: Client, simulator: Simulator) -> None:
    booking = refused(robin, simulator)
    assert booking.withdraw_nsi_at
    assert DBTaskResult.objects.filter(run_after__gte=booking.withdraw_nsi_at - timedelta(seconds=5)).exists()


def test_the_nsi_stays_where_the_person_booked_again_with_the_same_toolkit(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    refused(robin, simulator)
    press(robin)
    with later(minutes=MINUTES + 1):
        assert withdraw_due() == 0
    (nsi,), (visit,) = toolkit_nsis(simulator), visits(simulator)
    assert visit["nsiId"] == nsi["nsiId"]
    assert "withdrawNsi" not in asked(simulator)
    assert not Booking.objects.exclude(withdraw_nsi_at=None).exists()


def test_the_nsi_is_withdrawn_where_the_person_booked_again_with_another_toolkit(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    refused(robin, simulator)
    robin.post(f"{CASE}/toolkit/?change=1", {"toolkit": "maps-for-change"})
    press(robin)
    with later(minutes=MINUTES + 1):
        assert withdraw_due() == 1
    assert toolkit_nsis(simulator) == []
    assert len(toolkit_nsis(simulator, code="TKMAP")) == 1


def test_while_another_booking_may_come_to_use_it_the_nsi_waits(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    refused(robin, simulator)
    simulator.fault("putAppointment", "status", status=429, times=None)
    confirm(robin)
    with later(minutes=MINUTES + 1):
        DBTaskResult.objects.all().delete()
        assert withdraw_due() == 0
        assert DBTaskResult.objects.get().run_after > timezone.now() + WITHDRAWAL_DELAY - timedelta(minutes=1)
        assert len(toolkit_nsis(simulator)) == 1
        simulator.clear_faults()
        assert resume_due() == {"booked": 1}
    with later(minutes=3 * MINUTES):
        assert withdraw_due() == 0
    assert len(toolkit_nsis(simulator)) == 1
    assert not Booking.objects.exclude(withdraw_nsi_at=None).exists()


@pytest.mark.parametrize("lost", [False, True], ids=["made and heard of", "made and not heard of"])
def test_after_a_cancellation_the_nsi_is_withdrawn_too(
    robin: Client, simulator: Simulator, later: Later, settings: Any, lost: bool
) -> None:
    answer_all(robin)
    if lost:
        lose(simulator, "putNsi", "drop_after", settings)
    else:
        simulator.fault("putAppointment", "status", status=429)
    address = confirm(robin)["Location"]
    simulator.clear_faults()
    assert len(toolkit_nsis(simulator)) == 1
    robin.post(f"{address}cancel/")
    assert Booking.objects.get().state == BookingState.CANCELLED
    with later(minutes=MINUTES + 1):
        resume_due()
    assert toolkit_nsis(simulator) == []


@pytest.mark.parametrize("reference", ["", "urn:a:1", "urn:z:1"])
@pytest.mark.parametrize("arrange", [press, confirm], ids=["known from the page", "found by Delius"])
def test_an_nsi_that_was_there_before_is_never_withdrawn(
    robin: Client, simulator: Simulator, later: Later, reference: str, arrange: Callable[[Client], Any]
) -> None:
    simulator.add_nsi("X000001", "TKDEV", externalReference=reference or None)
    answer_all(robin)
    simulator.fault("putAppointment", "status", status=400)
    arrange(robin)
    with later(minutes=MINUTES + 1):
        withdraw_due()
    assert len(toolkit_nsis(simulator)) == 1
    assert "withdrawNsi" not in asked(simulator)


@pytest.mark.parametrize("answers", [{"rar": "no"}, {"toolkit": "maps-for-change"}], ids=["no RAR", "an NSI of before"])
def test_a_booking_that_made_no_nsi_leaves_none_to_withdraw_however_often_it_was_tried(
    robin: Client, simulator: Simulator, answers: dict[str, str]
) -> None:
    simulator.add_nsi("X000001", "TKMAP")
    answer_all(robin, **answers)
    simulator.fault("putAppointment", "status", status=429)
    address = confirm(robin)["Location"]
    simulator.fault("putAppointment", "status", status=400)
    robin.post(address)
    booking = Booking.objects.get()
    assert (booking.state, booking.withdraw_nsi_at) == (BookingState.REFUSED, None)


@pytest.mark.parametrize(("status", "answer"), [(400, "Refused"), (403, "LimitedAccess")])
def test_a_withdrawal_that_delius_does_not_allow_is_on_record_and_not_tried_again(
    robin: Client, simulator: Simulator, later: Later, status: int, answer: str
) -> None:
    booking = refused(robin, simulator)
    simulator.fault("withdrawNsi", "status", status=status)
    with later(minutes=MINUTES + 1):
        assert withdraw_due() == 0
    booking.refresh_from_db()
    assert booking.withdraw_nsi_at is None
    assert booking.history.last().detail == f"NSI not withdrawn: {answer}"
    assert not AuditEvent.objects.filter(what="NSI_WITHDRAWN").exists()


def test_an_nsi_is_withdrawn_when_the_runbook_says() -> None:
    runbook = Path(__file__).resolve().parent.parent.parent / "docs" / "runbook.md"
    assert f"the NSI is withdrawn {MINUTES:.0f} minutes later" in runbook.read_text()


def test_an_nsi_from_which_somebody_hung_something_by_hand_stays(
    robin: Client, simulator: Simulator, later: Later
) -> None:
    booking = refused(robin, simulator)
    day = (date.today() + timedelta(days=3)).isoformat()
    simulator.add_contact("X000001", start=f"{day}T10:00", end=f"{day}T11:00", nsiId=booking.nsi_id)
    with later(minutes=MINUTES + 1):
        assert withdraw_due() == 0
    assert len(toolkit_nsis(simulator)) == 1
    assert booking.history.last().detail == "NSI not withdrawn: IN_USE"
    assert not AuditEvent.objects.filter(what="NSI_WITHDRAWN").exists()
    assert not Booking.objects.exclude(withdraw_nsi_at=None).exists()


def test_an_nsi_that_somebody_deleted_first_is_no_problem(robin: Client, simulator: Simulator, later: Later) -> None:
    booking = refused(robin, simulator)
    simulator.soft_delete_nsi(booking.nsi_id or 0)
    with later(minutes=MINUTES + 1):
        withdraw_due()
    assert not Booking.objects.exclude(withdraw_nsi_at=None).exists()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_withdrawal_without_an_answer_is_sent_again(
    robin: Client, simulator: Simulator, later: Later, settings: Any, kind: str
) -> None:
    refused(robin, simulator)
    lose(simulator, "withdrawNsi", kind, settings)
    with later(minutes=MINUTES + 1):
        DBTaskResult.objects.all().delete()
        assert withdraw_due() == 0
        assert withdraw_due() == 0
        assert DBTaskResult.objects.get().run_after > timezone.now() + WITHDRAWAL_DELAY - timedelta(minutes=1)
    simulator.clear_faults()
    with later(minutes=3 * MINUTES):
        assert withdraw_due() == 1
    assert toolkit_nsis(simulator) == []
    assert not Booking.objects.exclude(withdraw_nsi_at=None).exists()
