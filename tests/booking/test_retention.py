"""What people typed is forgotten as soon as nobody needs it."""

import hashlib
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from booking.models import Booking, BookingHistory, BookingState, Draft, DuplicateNsis, UpstreamAttempt
from booking.services.delivery.resume import resume_due
from booking.services.states import FINAL_STATES
from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_confirming import confirm, lose, visits
from tests.booking.test_repeats import arrange_weekly
from tests.booking.test_resuming import left_under_way
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
NOTES = "Private words"
DIGEST = hashlib.sha256(NOTES.encode()).hexdigest()


def notes_of(booking: Booking) -> tuple[str, str]:
    booking.refresh_from_db()
    return booking.notes, booking.notes_digest


def aged(days: int) -> None:
    moment = timezone.now() - timedelta(days=days)
    Draft.objects.update(updated_at=moment)
    Booking.objects.update(updated_at=moment)


def purged(command: str = "purge_drafts") -> str:
    said = StringIO()
    call_command(command, stdout=said)
    return said.getvalue().strip()


def over(days: int, **which: Any) -> None:
    """Have bookings be of an appointment so many days ago, and unchanged since."""
    moment = timezone.now() - timedelta(days=days)
    times = {"start": moment - timedelta(hours=1), "end": moment, "created_at": moment, "updated_at": moment}
    Booking.objects.filter(**which).update(**times)


def test_once_booked_the_notes_are_in_delius_and_only_their_digest_is_here(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes=NOTES)
    confirm(robin)
    assert notes_of(Booking.objects.get()) == ("", DIGEST)
    assert [visit["notes"] for visit in visits(simulator)] == [NOTES]
    assert not Draft.objects.exists()


def test_while_it_is_unknown_what_became_of_it_the_notes_are_kept_and_sent_again(
    robin: Client, simulator: Simulator, later: Any, settings: Any
) -> None:
    answer_all(robin, notes=NOTES)
    lose(simulator, "putAppointment", "drop_before", settings)
    confirm(robin)
    simulator.clear_faults()
    booking = Booking.objects.get()
    assert (booking.state, *notes_of(booking)) == (BookingState.SUBMITTED, NOTES, "")
    with later(seconds=60):
        resume_due()
    assert [visit["notes"] for visit in visits(simulator)] == [NOTES]
    assert notes_of(booking) == ("", DIGEST)


def test_settling_a_booking_in_delius_forgets_its_notes(
    robin: Client, simulator: Simulator, admin_client: Client
) -> None:
    booking = left_under_way(robin, simulator)
    Booking.objects.update(state=BookingState.NEEDS_ATTENTION, notes=NOTES)
    chosen = {"action": "mark_as_settled", "_selected_action": str(booking.pk), "reason": "It is there"}
    admin_client.post("/admin/booking/booking/", chosen)
    assert notes_of(booking) == ("", DIGEST)


def test_a_booking_without_notes_has_no_digest(robin: Client) -> None:
    answer_all(robin)
    confirm(robin)
    assert notes_of(Booking.objects.get()) == ("", "")


def test_a_draft_that_nobody_touches_is_deleted_and_one_in_use_is_not(robin: Client, settings: Any) -> None:
    answer_up_to(robin, "sensitive", notes=NOTES)
    aged(settings.DRAFT_DAYS - 1)
    assert purged() == "Drafts deleted: 0. Bookings whose notes were forgotten: 0"
    aged(settings.DRAFT_DAYS + 1)
    assert purged() == "Drafts deleted: 1. Bookings whose notes were forgotten: 0"
    assert not Draft.objects.exists()


def test_what_a_booking_under_way_was_made_from_stays(robin: Client, simulator: Simulator, settings: Any) -> None:
    booking = left_under_way(robin, simulator)
    Booking.objects.update(notes=NOTES)
    aged(settings.DRAFT_DAYS + 1)
    assert purged() == "Drafts deleted: 0. Bookings whose notes were forgotten: 0"
    assert notes_of(booking) == (NOTES, "")


@pytest.mark.parametrize("state", [BookingState.REFUSED, BookingState.CANCELLED])
def test_notes_of_what_came_to_nothing_are_forgotten_with_the_drafts(
    robin: Client, simulator: Simulator, settings: Any, state: BookingState
) -> None:
    booking = left_under_way(robin, simulator)
    Booking.objects.update(state=state, notes=NOTES)
    aged(settings.DRAFT_DAYS - 1)
    assert purged().endswith("forgotten: 0")
    aged(settings.DRAFT_DAYS + 1)
    assert purged().endswith("forgotten: 1")
    assert notes_of(booking) == ("", DIGEST)


def test_notes_that_were_kept_before_this_release_are_forgotten_when_it_is_installed(robin: Client) -> None:
    answer_all(robin)
    confirm(robin)
    Booking.objects.update(notes=NOTES)
    import_module("booking.migrations.0005_forget_notes").forget(apps, None)
    assert notes_of(Booking.objects.get()) == ("", DIGEST)


class TestBookings:
    def test_a_booking_is_deleted_a_year_after_its_appointment_with_all_that_was_kept_of_it(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin, notes=NOTES)
        confirm(robin)
        assert BookingHistory.objects.exists()
        assert UpstreamAttempt.objects.exists()
        over(settings.BOOKING_DAYS - 1)
        assert purged("purge_bookings") == "Bookings deleted: 0. Findings of duplicate NSIs deleted: 0"
        over(settings.BOOKING_DAYS + 1)
        assert purged("purge_bookings") == "Bookings deleted: 1. Findings of duplicate NSIs deleted: 0"
        assert [kind.objects.count() for kind in (Booking, BookingHistory, UpstreamAttempt)] == [0, 0, 0]
        assert len(visits(simulator)) == 1

    def test_an_appointment_that_is_still_to_come_or_was_changed_lately_keeps_its_booking(
        self, robin: Client, settings: Any
    ) -> None:
        answer_all(robin)
        confirm(robin)
        aged(settings.BOOKING_DAYS + 1)
        assert purged("purge_bookings").startswith("Bookings deleted: 0.")
        over(settings.BOOKING_DAYS + 1)
        Booking.objects.update(updated_at=timezone.now())
        assert purged("purge_bookings").startswith("Bookings deleted: 0.")

    @pytest.mark.parametrize("state", BookingState)
    def test_of_what_is_over_nothing_stays_and_of_what_nobody_has_settled_nothing_goes(
        self, robin: Client, simulator: Simulator, settings: Any, state: BookingState
    ) -> None:
        left_under_way(robin, simulator)
        Booking.objects.update(state=state)
        over(settings.BOOKING_DAYS + 1)
        purged("purge_bookings")
        assert Booking.objects.exists() == (state not in FINAL_STATES)

    def test_a_series_goes_as_a_whole_once_its_last_date_is_over(self, robin: Client, settings: Any) -> None:
        arrange_weekly(robin)
        confirm(robin)
        last = Booking.objects.order_by("start")[3]
        over(settings.BOOKING_DAYS + 1, start__lt=last.start)
        assert purged("purge_bookings").startswith("Bookings deleted: 0.")
        over(settings.BOOKING_DAYS + 1)
        assert purged("purge_bookings").startswith("Bookings deleted: 4.")

    def test_a_finding_goes_a_year_after_somebody_last_came_across_it(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        for _ in range(2):
            simulator.add_nsi("X000001", "TKDEV")
        answer_all(robin)
        confirm(robin)
        for days, deleted in ((settings.BOOKING_DAYS - 1, 0), (settings.BOOKING_DAYS + 1, 1)):
            DuplicateNsis.objects.update(seen_at=timezone.now() - timedelta(days=days))
            assert purged("purge_bookings").endswith(f"Findings of duplicate NSIs deleted: {deleted}")
