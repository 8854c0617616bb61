"""What support can see and do in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.models import Booking, BookingState, DuplicateNsis
from booking.services.delivery.resume import resume_due
from tests.booking.test_confirming import visits
from tests.booking.test_resuming import left_under_way
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/booking/booking/"


@pytest.fixture
def needs_attention(robin: Client, simulator: Simulator) -> Booking:
    booking = left_under_way(robin, simulator)
    Booking.objects.update(state=BookingState.NEEDS_ATTENTION, next_try_at=None, tries=40, notes="Private words")
    booking.refresh_from_db()
    return booking


def act(client: Client, booking: Booking, action: str, **values: str) -> Any:
    return client.post(LIST, {"action": action, "_selected_action": str(booking.pk), **values}, follow=True)


@pytest.fixture
def colleague(django_user_model: Any) -> Client:
    """Somebody who may look at bookings and no more."""
    user = django_user_model.objects.create_user("LOOKER", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_booking"))
    client = Client()
    client.force_login(user)
    return client


def test_a_booking_is_found_by_crn_and_shows_its_history_and_requests_but_no_notes(
    admin_client: Client, needs_attention: Booking
) -> None:
    for typed in ("x000001", "CRN X000001", "X 000001\u200b"):
        assert str(needs_attention.pk) in admin_client.get(LIST, {"q": typed}).content.decode()
    assert str(needs_attention.pk) not in admin_client.get(LIST, {"q": "X000002"}).content.decode()
    assert "X000001" in admin_client.get(LIST, {"q": f" {needs_attention.pk} "}).content.decode()
    page = admin_client.get(reverse("admin:booking_booking_change", args=[needs_attention.pk])).content.decode()
    assert "putAppointment" in page
    assert "429" in page
    assert "Private words" not in page


def test_a_booking_can_be_tried_again_and_its_history_says_who_decided(
    admin_client: Client, admin_user: Any, needs_attention: Booking, simulator: Simulator
) -> None:
    assert (
        "1 of 1 chosen bookings will be tried again" in act(admin_client, needs_attention, "try_again").content.decode()
    )
    assert Booking.objects.get().history.last().by == admin_user
    assert resume_due() == {"booked": 1}
    assert len(visits(simulator)) == 1


def test_a_booking_is_marked_as_settled_with_who_when_and_why(
    admin_client: Client, admin_user: Any, needs_attention: Booking, robin: Client
) -> None:
    asked = act(admin_client, needs_attention, "mark_as_settled").content.decode()
    assert "What did you find in Delius, and what did you do there?" in asked
    assert "Enter what you found" in act(admin_client, needs_attention, "mark_as_settled", reason="").content.decode()
    act(admin_client, needs_attention, "mark_as_settled", reason="Found it there twice, deleted one.")
    booking = Booking.objects.get()
    assert booking.state == BookingState.SETTLED
    last = booking.history.last()
    assert (last.by, last.detail) == (admin_user, "Settled in Delius: Found it there twice, deleted one.")
    assert "Our support team has settled" in robin.get("/").content.decode()
    page = robin.get(f"/cases/X000001/appointments/{booking.id}/").content.decode()
    assert "This appointment was settled in Delius" in page
    assert "Our support team has settled" not in robin.get("/").content.decode()


def test_a_booking_from_before_there_were_references_cannot_be_tried_again_and_can_be_settled(
    admin_client: Client, needs_attention: Booking, simulator: Simulator
) -> None:
    Booking.objects.update(nsi_reference=None, appointment_reference=None)
    page = act(admin_client, needs_attention, "try_again").content.decode()
    assert "1 were left as they are: they do not need attention, or have no reference" in page
    assert (Booking.objects.get().state, visits(simulator)) == (BookingState.NEEDS_ATTENTION, [])
    act(admin_client, needs_attention, "mark_as_settled", reason="It is there.")
    assert Booking.objects.get().state == BookingState.SETTLED


@pytest.mark.parametrize("action", ["try_again", "mark_as_settled"])
def test_a_booking_that_does_not_need_attention_is_left_alone(
    admin_client: Client, needs_attention: Booking, action: str
) -> None:
    Booking.objects.update(state=BookingState.REFUSED)
    page = act(admin_client, needs_attention, action, reason="Nothing").content.decode()
    assert "1 were left as they are" in page
    assert Booking.objects.get().state == BookingState.REFUSED


@pytest.mark.parametrize("action", ["try_again", "mark_as_settled"])
def test_somebody_without_the_permission_sees_bookings_and_cannot_act_on_them(
    colleague: Client, needs_attention: Booking, action: str
) -> None:
    assert "Mark as settled" not in colleague.get(LIST).content.decode()
    act(colleague, needs_attention, action, reason="Nothing")
    assert Booking.objects.get().state == BookingState.NEEDS_ATTENTION


def test_nothing_can_be_added_changed_or_deleted_by_hand(admin_client: Client, needs_attention: Booking) -> None:
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{needs_attention.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{LIST}{needs_attention.pk}/change/", {"state": "booked"}).status_code == 403


def test_findings_name_what_to_tidy_up_in_delius(admin_client: Client) -> None:
    DuplicateNsis.objects.create(
        crn="X000003",
        event_id=1,
        requirement_id=2,
        nsi_type_code="TKCAC",
        chosen_nsi_id=71,
        other_nsi_ids=[72, 73],
        seen_at=timezone.now(),
    )
    page = admin_client.get("/admin/booking/duplicatensis/", {"q": "x000003"}).content.decode()
    assert "72, 73" in page
