"""What a practitioner meets while Delius does not answer."""

import pytest
from playwright.sync_api import ViewportSize, expect

from booking.models import Booking
from delius.http import circuit_breaker
from delius.upstream import Service
from tests.booking.down import open_circuits
from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 375, "height": 740}


def test_answers_are_kept_nothing_is_confirmed_and_the_button_is_back_when_delius_is(
    practitioner: Practitioner,
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    open_circuits(Service.DELIUS)
    practitioner.page.set_viewport_size(PHONE)
    practitioner.confirms()
    practitioner.sees_the_problem("The appointment was not confirmed because Delius is not answering.")
    practitioner.sees("We have not sent anything to it, and your answers are kept.")
    practitioner.finds_the_page_accessible()
    expect(practitioner.page.get_by_role("button", name="Confirm this appointment")).to_have_count(0)
    practitioner.changes("appointment notes")
    practitioner.sees("Delius is not answering at the moment")
    practitioner.finds_the_page_accessible()
    assert not Booking.objects.exists()
    circuit_breaker.reset()
    practitioner.continues()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")


def test_a_page_that_cannot_be_shown_says_so_on_a_phone_and_guidance_works(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    open_circuits(Service.DELIUS)
    practitioner.page.set_viewport_size(PHONE)
    practitioner.opens("/cases/X000002/schedule/")
    practitioner.is_asked("Delius is not available")
    practitioner.finds_the_page_accessible()
    practitioner.opens("/guidance/")
    practitioner.is_asked("Guidance")
    expect(practitioner.page.get_by_text("Delius is not answering")).to_have_count(0)
