"""Addresses of pages."""

from django.conf import settings
from django.urls import reverse

from booking.journey.steps import Step
from booking.models import Booking


def step_url(crn: str, step: Step) -> str:
    """Return the address of a question."""
    return reverse("booking:step", args=[crn, step.slug])


def contact_log_url(crn: str) -> str:
    """Return where a person's contact log is in Delius, as other HMPPS services link to it; empty if not set up."""
    if not settings.DELIUS_URL:
        return ""
    return f"{settings.DELIUS_URL.rstrip('/')}/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&CRN={crn}"


def booking_url(booking: Booking) -> str:
    """Return the address of the page that says what became of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])
