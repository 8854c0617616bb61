"""URLs used by several presenters and views."""

from django.urls import reverse

from booking.journey.steps import Step
from booking.models import Booking
from cases.presenters.links import case_url


def step_url(crn: str, step: Step) -> str:
    """Return the URL of a question."""
    return case_url("booking:step", crn, step.slug)


def booking_url(booking: Booking) -> str:
    """Return the URL of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])
