"""Addresses of pages."""

from django.urls import reverse

from booking.journey.steps import Step
from booking.models import Booking


def step_url(crn: str, step: Step) -> str:
    """Return the address of a question."""
    return reverse("booking:step", args=[crn, step.slug])


def booking_url(booking: Booking) -> str:
    """Return the address of the page that says what became of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])
