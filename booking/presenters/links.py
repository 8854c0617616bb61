"""URLs used by several presenters and views."""

from django.conf import settings
from django.urls import reverse

from booking.journey.steps import Step
from booking.models import Booking


def step_url(crn: str, step: Step) -> str:
    """Return the URL of a question."""
    return reverse("booking:step", args=[crn, step.slug])


def contact_log_url(crn: str) -> str:
    """Return the URL of a person's contact log in Delius; empty where DELIUS_URL is not set."""
    if not settings.DELIUS_URL:
        return ""
    return f"{settings.DELIUS_URL.rstrip('/')}/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&CRN={crn}"


def booking_url(booking: Booking) -> str:
    """Return the URL of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])
