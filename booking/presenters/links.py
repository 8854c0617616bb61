"""URLs used by several presenters and views."""

from django.urls import reverse

from booking.journey.steps import Step
from booking.models import Booking


def step_url(crn: str, step: Step) -> str:
    """Return the URL of a question."""
    return reverse("booking:step", args=[crn, step.slug])


def booking_url(booking: Booking) -> str:
    """Return the URL of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])
